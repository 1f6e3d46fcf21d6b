import type { ClientRequestName } from '@dowellchat/protocol'
import type { ErrorBody, ErrorCode } from '../entities.ts'
import { ownError, RequestError } from '../errors.ts'

/** An error as it travels. */
export function bodyOf(name: ClientRequestName, error: unknown): ErrorBody {
  const problem = `The test’s answer to ${name} failed: ${error}`
  const made = error instanceof RequestError ? error : ownError(name, 'internal', problem)
  const { code, message, retryable, retryAfterMs, details } = made
  return {
    ...{ code, message, retryable },
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
    ...(details !== undefined && { details }),
  }
}

export function failureOf(name: ClientRequestName, error: unknown): object {
  const body = bodyOf(name, error)
  return { status: 'failure', operation: name, data: body.message, error: body }
}

/** A failure of a request's, for what a test answers or shows. */
export function failureFor(name: ClientRequestName, code: ErrorCode, message?: string): RequestError {
  return ownError(name, code, message ?? `The test lets ${name} fail: ${code}`)
}
