import type { AttachmentRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { notBuilt } from './not-built.ts'

export const attachmentHandlers: Handlers<AttachmentRequests> = {
  create_upload: notBuilt,
  finish_upload: notBuilt,
  cancel_upload: notBuilt,
  get_attachment_url: notBuilt,
}
