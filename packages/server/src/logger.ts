/** Where the server writes what its operator should know; pino's loggers fit. Never given payloads, keys or texts. */
export interface Logger {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** Only what needs attention, to stderr. */
export const consoleLogger: Logger = {
  info() {},
  warn: (fields, message) => console.warn(message, fields),
  error: (fields, message) => console.error(message, fields),
}
