// Interim: what the SDK is about to have.
import type { Message } from '@dowellchat/client'

const nothing = async (): Promise<boolean> => false
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
