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

/** Only what needs attention, to stderr. */
export const consoleLogger: Logger = {
  info() {},
  warn: (fields, message) => console.warn(message, fields),
  error: (fields, message) => console.error(message, fields),
}

/** Writes one step of a request at level debug. `cid`, `stream` and `seq` join the lines of one message. */
export type Trace = (fields: object, step: string) => void

/** Undefined where the logger shows no debug lines: `trace?.({ … }, 'append')` then builds no object. */
export function traceOf(logger: Logger): Trace | undefined {
  if (!logger.debug || logger.isLevelEnabled?.('debug') === false) return undefined
  return (fields, step) => logger.debug?.(fields, step)
}
