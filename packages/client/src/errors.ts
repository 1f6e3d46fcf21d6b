import { type CodeOf, type ErrorBody, type ErrorCode, errors, type RequestName } from '@dowellchat/protocol'

/** A request failed. `message` may be shown as it is; `retryable` says whether the same request may succeed later. */
export class RequestError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'RequestError'
  readonly request: RequestName
  readonly code: Code
  readonly retryable: boolean
  /** When to come back, in milliseconds, where the server says so. */
  readonly retryAfterMs: number | undefined
  readonly details: unknown

  constructor(request: RequestName, body: Omit<ErrorBody, 'code'> & { code: Code }) {
    super(body.message)
    this.request = request
    this.code = body.code
    this.retryable = body.retryable
    this.retryAfterMs = body.retry_after_ms
    this.details = body.details
  }
}

/** Whether an error is that of a request; with its name, `code` is narrowed to what that request can fail with. */
export function isRequestError<K extends RequestName>(
  error: unknown,
  request?: K,
): error is RequestError<CodeOf<K>> {
  return error instanceof RequestError && (request === undefined || error.request === request)
}

/** The server refused the connection, or could not be reached; `code` is `unavailable` for the latter. */
export class ConnectionError extends Error {
  override readonly name = 'ConnectionError'
  readonly code: ErrorCode
  /** Whether the client goes on trying by itself. */
  readonly retrying: boolean

  constructor(code: ErrorCode, message: string, retrying: boolean) {
    super(message)
    this.code = code
    this.retrying = retrying
  }
}

export type MediaErrorCode = 'unsupported' | 'permission_denied' | 'not_found' | 'in_use' | 'failed'

/** Microphone, camera or the connection of a call did not work. `message` says what to do, and may be shown as it is. */
export class MediaError extends Error {
  override readonly name = 'MediaError'
  readonly code: MediaErrorCode
  /** Null where it is about both, or neither. */
  readonly device: 'microphone' | 'camera' | null

  constructor(code: MediaErrorCode, device: MediaError['device'], message: string, cause?: unknown) {
    super(message, { cause })
    this.code = code
    this.device = device
  }
}

/** A failure that the client itself sees, in the form of one that the server tells. */
export function ownError<Code extends ErrorCode>(
  request: RequestName,
  code: Code,
  message: string,
): RequestError<Code> {
  return new RequestError(request, { code, message, retryable: errors[code].retryable })
}
