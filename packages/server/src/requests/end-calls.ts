import type { Logger } from '../logger.ts'
import type { Dialects } from '../sockets/dialects/index.ts'
import type { ChatSocket } from '../sockets/socket.ts'
import type { DispatchOptions } from './dispatch.ts'
import { loseCalls } from './handlers/calls.ts'

/**
 * The reason of a client's own goodbye. The server's goes to a connection that a newer one of its device has replaced, and to a V2 page
 * that asks for it, which has no device to wait for.
 */
const goodbye = 'client namespace disconnect'

export interface EndingCalls {
  readonly dialects: Dialects
  readonly openContext: DispatchOptions['openContext']
  readonly logger: Logger
}

/** Ends the calls of a connection that has ended, or lets them wait for its device. Never rejects. */
export async function endCalls(
  socket: ChatSocket,
  reason: string,
  { dialects, openContext, logger }: EndingCalls,
): Promise<void> {
  const dialect = dialects.of(socket)
  const [context, announced] = openContext(socket, dialect, socket.data, 'all', {})
  try {
    await loseCalls(context, dialect.hasDevices && reason !== goodbye)
    await announced.share()
    announced.send()
  } catch (error) {
    const log = (error: unknown) =>
      logger.error({ error }, 'The calls of a lost connection could not be ended')
    log(error)
    await announced.fail(false).catch(log)
  }
}
