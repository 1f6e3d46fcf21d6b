import type { DraftRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { notBuilt } from './not-built.ts'

export const draftHandlers: Handlers<DraftRequests> = {
  draft_message: notBuilt,
  end_draft: notBuilt,
  stop_draft: notBuilt,
  get_drafts: notBuilt,
}
