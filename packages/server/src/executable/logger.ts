import { type DestinationStream, type Logger, pino } from 'pino'
import { withShownError } from '../logs/shown-error.ts'

/** The values of `LOG_LEVEL`, the most verbose first. */
export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** Fields that the server never logs. Should a mistake bring one here, its value is not written. */
const secrets =
  'auth token tokens guest_token api_key key secret password authorization cookie signal signalData message_data'

/** The executable's logger writes lines of JSON, by default to stderr. */
export function createLogger(
  level: LogLevel = 'info',
  destination: DestinationStream = pino.destination(2),
): Logger {
  const paths = secrets.split(' ').flatMap((name) => [name, `*.${name}`])
  const redact = { paths, censor: '[removed]' }
  return pino({ base: null, level, redact, formatters: { log: withShownError } }, destination)
}
