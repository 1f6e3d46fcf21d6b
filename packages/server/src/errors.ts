import { randomBytes } from 'node:crypto'
import { type ErrorBody, type ErrorCode, errors, type Failure } from '@dowellchat/protocol'
import { isUnavailable } from './stores/is-unavailable.ts'

/** Ends a request: its code is one of the protocol's, its message is shown to the client. */
export class RequestError extends Error {
  override readonly name = 'RequestError'
  readonly code: ErrorCode
  readonly details: unknown
  readonly retryAfterMs: number | undefined

  constructor(code: ErrorCode, message: string, details?: unknown, retryAfterMs?: number) {
    super(message)
    this.code = code
    this.details = details
    this.retryAfterMs = retryAfterMs
  }
}

/** The server cannot start; the message says what is wrong and what to do. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

/** A request that the log tells of: its lines have the id, and so has its answer, for whoever reports it. */
export interface FailedRequest {
  readonly request_id: string
}

export function newFailedRequest(): FailedRequest {
  return { request_id: randomBytes(6).toString('hex') }
}

/** An error as clients may see it; any other error becomes `unavailable` or `internal`. */
export function toRequestError(error: unknown, failed?: FailedRequest): RequestError {
  if (error instanceof RequestError) return error
  if (isUnavailable(error)) {
    return new RequestError('unavailable', 'The server cannot store or read this now. Try again.', failed)
  }
  return internalError(failed)
}

/** A mistake of the server. The log says more than its answer. */
export function internalError(failed?: FailedRequest): RequestError {
  return new RequestError('internal', 'The server made a mistake. Try again.', failed)
}

export function errorBody({ code, message, details, retryAfterMs }: RequestError): ErrorBody {
  return {
    code,
    message,
    retryable: errors[code].retryable,
    ...(details !== undefined && { details }),
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
  }
}

export function failure(operation: string, error: RequestError): Failure {
  return { status: 'failure', operation, data: error.message, error: errorBody(error) }
}
