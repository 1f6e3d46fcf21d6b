import type { ModerationRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { notBuilt } from './not-built.ts'

export const moderationHandlers: Handlers<ModerationRequests> = {
  report: () => notBuilt('report'),
  get_reports: () => notBuilt('get_reports'),
  resolve_report: () => notBuilt('resolve_report'),
}
