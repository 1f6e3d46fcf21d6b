import type { Logger } from '../logger.ts'
import type { Dialects } from '../sockets/dialects/index.ts'
import type { ChatSocket } from '../sockets/socket.ts'
import type { DispatchOptions } from './dispatch.ts'
import { loseCalls } from './handlers/calls.ts'

/** Ends of connections after which no client comes back by itself. */
const goodbyes = new Set(['client namespace disconnect', 'server namespace disconnect'])

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
    await loseCalls(context, dialect.hasDevices && !goodbyes.has(reason))
    await announced.share()
    announced.send()
  } catch (error) {
    logger.error({ error }, 'The calls of a lost connection could not be ended')
  }
}
