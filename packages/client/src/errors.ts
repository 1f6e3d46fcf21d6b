import type { CodeOf, ErrorCode, RequestName } from '@dowellchat/protocol'
import { retryableCodes } from '@dowellchat/protocol/core'
import type { ErrorBody } from './entities.ts'

/** A request failed. `message` may be shown to people; `retryable` says whether the same request may succeed later. */
export class RequestError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'RequestError'
  readonly request: RequestName
  /** One of the request's codes, or one of a later server; `retryable` holds for both. */
  readonly code: Code | (string & {})
  readonly retryable: boolean
  /** How many milliseconds to wait before a retry, if the server says so. */
  readonly retryAfterMs: number | undefined
  readonly details: unknown

  constructor(request: RequestName, body: ErrorBody) {
    super(body.message)
    this.request = request
    this.code = body.code
    this.retryable = body.retryable
    this.retryAfterMs = body.retry_after_ms
    this.details = body.details
  }
}

/** Whether an error is a `RequestError`. With a request's name, narrows `code` to what that request can fail with. */
export function isRequestError<K extends RequestName>(
  error: unknown,
  request?: K,
): error is RequestError<CodeOf<K>> {
  return error instanceof RequestError && (request === undefined || error.request === request)
}

/**
 * The server refused the connection, or could not be reached (`code` is then `unavailable`). If `getToken` has rejected,
 * `cause` is what it rejected with.
 */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  readonly code: ErrorCode | (string & {})
  /** Whether the client keeps retrying by itself. */
  readonly retrying: boolean
  /** How many milliseconds to wait before a retry, if the server says so. */
  readonly retryAfterMs: number | undefined

  constructor(
    code: ConnectionError['code'],
    message: string,
    retrying: boolean,
    { cause, retryAfterMs }: { cause?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(message, cause === undefined ? {} : { cause })
    this.code = code
    this.retrying = retrying
    this.retryAfterMs = retryAfterMs
  }
}

export type MediaErrorCode = 'unsupported' | 'permission_denied' | 'not_found' | 'in_use' | 'failed'

/** Microphone, camera, screen or a call's connection failed. `message` says what to do and may be shown to people. */
export class MediaError extends Error {
  override readonly name = 'MediaError'
  readonly code: MediaErrorCode
  /** Null if it concerns microphone and camera, or none of them. */
  readonly device: 'microphone' | 'camera' | 'screen' | null

  constructor(code: MediaErrorCode, device: MediaError['device'], message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.device = device
  }
}

/** A failure that the client detects itself, in the form of the server's failures. */
export function ownError<Code extends ErrorCode>(
  request: RequestName,
  code: Code,
  message: string,
): RequestError<Code> {
  const retryable = (retryableCodes as readonly string[]).includes(code)
  return new RequestError(request, { code, message, retryable })
}

/** An answer that cannot be read: its code is no server's. Loading it twice helps as little as once. */
export function unreadableAnswer(request: RequestName, retryable: boolean): RequestError {
  const message = "The server's answer cannot be read"
  return new RequestError(request, { code: unreadable, message, retryable })
}

export const unreadable = 'unreadable'
