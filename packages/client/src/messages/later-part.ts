import { ownError } from '../errors.ts'
import type { LaterPart } from './later.ts'
import type { StreamCore } from './stream-core.ts'

export function createLaterPart(_core: StreamCore): LaterPart {
  const notYet = () => Promise.reject(ownError('get_messages', 'internal', 'Comes with the next commit'))
  return {
    edit: notYet,
    remove: notYet,
    react: notYet,
    unreact: notYet,
    pin: notYet,
    unpin: notYet,
    loadNewer: notYet,
    jumpTo: notYet,
    markRead() {},
    markUnread: notYet,
    onLive() {},
    onClose() {},
  }
}
