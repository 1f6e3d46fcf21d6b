// Interim: what the SDK is about to have.
import type { Message } from '@dowellchat/client'
import * as react from '@dowellchat/client/react'
import { useMemo } from 'react'

const nothing = async (): Promise<boolean> => false
export const useTyping = (_place: unknown) => ({
  typing: [] as { user_id: string; display_name: string | null }[],
  keystroke() {},
  stop() {},
})
const readers = { readersOf: (_nth: number) => ({ user_ids: [] as string[], count: 0 }) }
export const useReceipts = (_place: unknown) => readers

export interface Reader {
  readonly stream: string
  readonly nth: number
  readonly unread: number
  readonly mentions: number
  readonly is_muted: boolean
  readonly is_pinned: boolean
  readonly is_archived: boolean
  readonly version: number
}
export interface ListedRoom extends react.Room {
  readonly head: { readonly nth: number }
  readonly last: Message | null
  readonly active_at: string
  readonly peers: string[] | null
  readonly reader: Reader
}
const start = new Date(0).toISOString()
export function useRooms(_filter?: { isArchived?: boolean }) {
  const list = react.useRooms()
  const rooms = useMemo(
    () =>
      list.rooms.map(
        (room): ListedRoom => ({
          ...room,
          head: { nth: 0 },
          last: null,
          active_at: start,
          peers: null,
          reader: {
            stream: `room:${room._id}`,
            nth: 0,
            unread: 3,
            mentions: 1,
            is_muted: false,
            is_pinned: false,
            is_archived: false,
            version: 1,
          },
        }),
      ),
    [list.rooms],
  )
  return { ...list, rooms }
}
export const useRoomActions = () => ({
  keep: async (
    _room: string,
    _how: { is_muted?: boolean; is_pinned?: boolean; is_archived?: boolean },
  ): Promise<void> => {},
})
export const useUnread = () => ({ unread: 0, mentions: 0, rooms: 0 })
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
