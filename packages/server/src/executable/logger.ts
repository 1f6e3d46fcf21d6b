import { type DestinationStream, type Logger, pino } from 'pino'

/** What `LOG_LEVEL` may be, the most talkative first. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** The executable's logger: one line of JSON each, to stderr unless a test wants them elsewhere. */
export function createLogger(
  level: LogLevel = 'info',
  destination: DestinationStream = pino.destination(2),
): Logger {
  return pino({ base: null, level, serializers: { error: serializeError } }, destination)
}

/** pino writes an error as `{}`; its own serializer copies all fields, which at a driver's error can be a message. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack, cause } = error
  return { name, message, stack, ...(cause !== undefined && { cause: serializeError(cause) }) }
}
