import type { ErrorBody, RequestName } from '@dowellchat/protocol'

/**
 * A request of a bot that failed, or a connection that the server refuses.
 *
 * @example
 * bot.onError((error) => error instanceof BotError && console.error(error.code, error.message))
 */
export class BotError extends Error {
  override readonly name = 'BotError'
  /** The name of the request, or `connection`. */
  readonly request: RequestName | 'connection'
  readonly code: ErrorBody['code']
  readonly retryable: boolean
  readonly retryAfterMs: number | undefined

  constructor(request: RequestName | 'connection', { code, message, retryable, retry_after_ms }: ErrorBody) {
    super(message)
    this.request = request
    this.code = code
    this.retryable = retryable
    this.retryAfterMs = retry_after_ms
  }
}

/** The bot was closed: nothing more is sent. */
export function closedError(request: RequestName | 'connection'): BotError {
  return new BotError(request, { code: 'unavailable', message: 'The bot is closed', retryable: false })
}

/** Whether what was asked for is not there, or may not be read. */
export function isGone(error: unknown): boolean {
  return error instanceof BotError && error.code === 'not_found'
}

/** Whether the connection has joined as much as the server lets it. */
export function isFull(error: unknown): boolean {
  return error instanceof BotError && error.code === 'limit_reached'
}
