import { streamOwner } from '@dowellchat/protocol'
import { type Posted, stopped } from './post.ts'
import type { UnreadOptions } from './unread.ts'
import type { OnUnread, UnreadEvent } from './unread-events.ts'

interface OnUnreadParts {
  /** How long a call may take. */
  readonly timeoutMs: number
  /** Ends the wait for what is under way. */
  readonly signal: AbortSignal
}

/** A function of a team's own, which follows everything. */
export function tellingTo(onUnread: OnUnread, { timeoutMs, signal }: OnUnreadParts): UnreadOptions {
  async function call(event: UnreadEvent): Promise<Posted> {
    try {
      await onUnread(event)
      return { ok: true }
    } catch (error) {
      return { ok: false, problem: `onUnread has failed: ${(error as Error)?.message ?? String(error)}` }
    }
  }

  function tell(event: UnreadEvent): Promise<Posted> {
    if (signal.aborted) return Promise.resolve(stopped)
    return new Promise((resolve) => {
      const settle = (posted: Posted): void => {
        clearTimeout(late)
        signal.removeEventListener('abort', stop)
        resolve(posted)
      }
      const stop = (): void => settle(stopped)
      const problem = `onUnread has not ended within ${timeoutMs} ms`
      const late = setTimeout(() => settle({ ok: false, problem }), timeoutMs)
      signal.addEventListener('abort', stop)
      void call(event).then(settle)
    })
  }

  return {
    id: 'onUnread',
    hasWorkspace: () => true,
    follows(_workspaceId, stream) {
      const { kind } = streamOwner(stream)
      return kind !== null && kind !== 'notes'
    },
    tell,
  }
}
