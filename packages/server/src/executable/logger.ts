import { type DestinationStream, type Logger, pino } from 'pino'

/** The values of `LOG_LEVEL`, the most verbose first. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** The executable's logger writes lines of JSON, by default to stderr. */
export function createLogger(
  level: LogLevel = 'info',
  destination: DestinationStream = pino.destination(2),
): Logger {
  return pino({ base: null, level, serializers: { error: serializeError } }, destination)
}

/** pino writes errors as `{}`. Its own serializer copies every field, and a database error can contain a user's message. */
function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  const { name, message, stack, cause } = error
  return { name, message, stack, ...(cause !== undefined && { cause: serializeError(cause) }) }
}
