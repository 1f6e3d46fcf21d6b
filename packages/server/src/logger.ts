import { withShownError } from './logs/shown-error.ts'

/** Where the server writes what its operator should know; pino's loggers fit. It gets no payload texts, keys or signals. */
export interface Logger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
  /** Gets a line for each step of each request. A logger without it costs nothing. */
  debug?(fields: object, message: string): void
  /** Asked once, when the server starts; `false` for `debug` means that `debug` is never called. */
  isLevelEnabled?(level: string): boolean
}

/** Only what needs attention, to stderr: a line with the fields as JSON, and below it where an error comes from. */
export const consoleLogger: Logger = {
  info() {},
  warn: (fields, message) => console.warn(textOf(fields, message)),
  error: (fields, message) => console.error(textOf(fields, message)),
}

function textOf(fields: object, message: string): string {
  const { err, ...others } = withShownError(fields) as { err?: { stack?: string } }
  const { stack = '', ...shown } = err ?? {}
  const json = JSON.stringify({ ...others, ...(err && { err: shown }) })
  return [`${message} ${json}`, ...placesIn(stack)].join('\n')
}

/** The lines of a stack that name places. What the error says is in the JSON, whose texts cannot imitate a line of the log. */
function placesIn(stack: string): string[] {
  return stack.split('\n').filter((line) => /^\s+at [\x20-\x7e]+$/.test(line))
}

/** Writes one step of a request at level debug. `cid`, `stream` and `seq` join the lines of one message. */
export type Trace = (fields: object, step: string) => void

/** Undefined where the logger shows no debug lines: `trace?.({ … }, 'append')` then builds no object. */
export function traceOf(logger: Logger): Trace | undefined {
  if (!logger.debug || logger.isLevelEnabled?.('debug') === false) return undefined
  return (fields, step) => logger.debug?.(fields, step)
}
