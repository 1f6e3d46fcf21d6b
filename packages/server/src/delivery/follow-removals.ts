import type { Logger } from '../logger.ts'
import type { SharedChanges } from './shared-changes.ts'
import type { Streams } from './streams.ts'

/** Lets this server read a stream again from which another server has removed messages. */
export function followRemovals(changes: SharedChanges, streams: Streams, logger: Logger): void {
  changes.on('messages_removed', ({ workspace_id, stream }) => {
    streams.reread({ workspace_id, stream }).catch((error: unknown) => {
      logger.error({ error, stream, workspace: workspace_id }, 'Messages that were removed are still shown')
    })
  })
}
