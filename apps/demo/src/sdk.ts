// Interim: what the SDK is about to have.
import type { Message } from '@dowellchat/client'

const nothing = async (): Promise<boolean> => false
export const useTyping = (_place: unknown) => ({
  typing: [] as { user_id: string; display_name: string | null }[],
  keystroke() {},
  stop() {},
})

export type Availability = 'online' | 'away' | 'offline'
export interface Presence {
  readonly user_id: string
  readonly availability: Availability
  readonly status_text: string | null
  readonly last_seen_at: string | null
}
const nobody: ReadonlyMap<string, Presence> = new Map()
export const usePresence = (_ids: readonly string[]) => ({ presences: nobody })
const here = { count: 1, user_ids: [] as string[] }
export const useRoomPresence = (_room: string) => here
export interface Preferences {
  readonly sends_receipts: boolean
  readonly shows_presence: boolean
}
export const useOwnPresence = () => ({
  presence: null as Presence | null,
  set: async (_how: { availability?: Availability; status_text?: string | null }) => {},
  preferences: { sends_receipts: true, shows_presence: true } as Preferences | null,
  setPreferences: async (_how: Partial<Preferences>) => {},
})
export interface Report {
  readonly _id: string
  readonly reported_by: string | null
  readonly user_id: string | null
  readonly stream: string | null
  readonly seq: number | null
  readonly message: Message | null
  readonly reason: string
  readonly created_at: string
  readonly resolved_at: string | null
  readonly resolved_by: string | null
  readonly resolution: string | null
}
export const useReports = (_filter?: { isResolved?: boolean }) => ({
  reports: [] as Report[],
  status: 'ready' as const,
  error: null,
  hasMore: false,
  loadMore: nothing,
  resolve: async (_id: string, _text?: string) => {},
})
export type ReportTarget = Message | { readonly user_id: string }
export const useReport = () => ({
  report: async (_target: ReportTarget, _reason: string) => {},
  isPending: false,
  error: null,
})

export const useMute = (_room: string) => ({ mute: async (_userId: string, _forMs: number) => {} })
