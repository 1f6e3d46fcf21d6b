import type { ThreadRequests } from '@dowellchat/protocol'
import type { Handlers } from '../handler.ts'
import { notBuilt } from './not-built.ts'

export const threadHandlers: Handlers<ThreadRequests> = {
  start_thread: () => notBuilt('start_thread'),
  join_thread: () => notBuilt('join_thread'),
  leave_thread: () => notBuilt('leave_thread'),
  get_threads: () => notBuilt('get_threads'),
}
