import { ignorable } from '../live/ignorable.ts'
import { createDrafts } from './drafts.ts'
import { createMarks } from './marks.ts'
import { createOwnChanges } from './own-changes.ts'
import type { LaterPart, StreamCore } from './stream-core.ts'
import { createWindows } from './windows.ts'

// What a page loads once it shows the first messages of a stream.

export function createLaterPart(core: StreamCore): LaterPart {
  const marks = createMarks(core)
  const windows = createWindows(core, marks.firstUnread)
  const drafts = createDrafts(core)
  let stop: (() => void) | undefined

  /** Renews what rows say of blocked people. */
  function renew(): void {
    core.log.remake(core.rows.renewed)
    drafts.renew()
    core.show()
  }

  return {
    ...createOwnChanges(core),
    ...windows.methods,
    jumpTo: (target) => ignorable(windows.methods.jumpTo(target)),
    stopDraft: drafts.stopDraft,
    markRead: marks.markRead,
    markUnread: marks.markUnread,
    changes: () => ({ ...marks.changes(), hasOlder: windows.hasOlder() }),
    drafts: drafts.rows,
    most: windows.most,
    onLive() {
      if (!core.isOpen()) return
      marks.onLive()
      drafts.onLive()
      stop ??= core.wire.blocked.subscribe(renew)
    },
    onClose() {
      stop?.()
      stop = undefined
      windows.onClose()
      marks.onClose()
      drafts.onClose()
    },
    onSend() {
      windows.showEnd()
      marks.onSend()
    },
  }
}
