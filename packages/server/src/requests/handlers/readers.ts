import type { ReaderRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { notBuilt } from './not-built.ts'

export const readerHandlers: Handlers<ReaderRequests> = {
  mark_read: () => notBuilt('mark_read'),
  mark_unread: () => notBuilt('mark_unread'),
  get_receipts: () => notBuilt('get_receipts'),
}
