import * as z from 'zod/mini'
import type { retryableCodes } from './error-codes.ts'

/** Every error code. `retryable` says whether the same request may succeed later. */
export const errors = {
  invalid_payload: { retryable: false },
  unknown_event: { retryable: false },
  unauthenticated: { retryable: false },
  forbidden: { retryable: false },
  not_found: { retryable: false },
  conflict: { retryable: false },
  ticket_closed: { retryable: false },
  rate_limited: { retryable: true },
  limit_reached: { retryable: false },
  too_large: { retryable: false },
  unavailable: { retryable: true },
  timeout: { retryable: true },
  queue_full: { retryable: false },
  unsupported_protocol: { retryable: false },
  internal: { retryable: true },
} as const satisfies Readonly<Record<string, { retryable: boolean }>> & {
  readonly [K in (typeof retryableCodes)[number]]: { readonly retryable: true }
}

export type ErrorCode = keyof typeof errors
/** Codes of single requests; the entries of these requests list them. Clients give `queue_full` without asking the server. */
export type SpecificCode = 'not_found' | 'conflict' | 'ticket_closed' | 'limit_reached' | 'queue_full'
/** Codes of connections: no request ends with them. */
export type ConnectionCode = 'unsupported_protocol'
/** Codes that any request can end with. */
export type CommonCode = Exclude<ErrorCode, SpecificCode | ConnectionCode>

const specificCodes: { readonly [K in SpecificCode | ConnectionCode]: true } = {
  not_found: true,
  conflict: true,
  ticket_closed: true,
  limit_reached: true,
  queue_full: true,
  unsupported_protocol: true,
}

/** Whether any request can end with a code. */
export function isCommonCode(code: ErrorCode): code is CommonCode {
  return !Object.hasOwn(specificCodes, code)
}

/** What each code means. No client loads these texts: bundlers drop what nobody imports. */
export const errorMeanings: Readonly<Record<ErrorCode, string>> = {
  invalid_payload: 'The payload is not what the request takes; the text names the field.',
  unknown_event: 'No request has this name.',
  unauthenticated: 'No identity, or one that is not valid.',
  forbidden: 'The session may not do this.',
  not_found: 'It does not exist, or not for this session.',
  conflict: 'It exists already, or is no longer in the state that this needs.',
  ticket_closed: 'The ticket is closed; its conversation can only be read.',
  rate_limited: 'Too many requests; `retry_after_ms` says when to come back.',
  limit_reached: 'A quota of the workspace or the connection is used up.',
  too_large: 'The frame is over the limit of `limits.frame_bytes`.',
  unavailable: 'The store cannot take this now; nothing was sent to anybody.',
  timeout: 'No answer came in time; a retry with the same cid has no second effect.',
  queue_full: 'Too much waits to be sent already.',
  unsupported_protocol: 'The server does not speak this version of the protocol.',
  internal: 'The server made a mistake; it is in its log.',
}

export const ErrorCode = z.enum(Object.keys(errors) as [ErrorCode, ...ErrorCode[]])

/** Why a request failed. Sent in acknowledgements, in `error_response`, and as the `data` of a refused handshake. */
export const ErrorBody = z.object({
  code: ErrorCode,
  message: z.string(),
  details: z.optional(z.unknown()),
  retryable: z.boolean(),
  retry_after_ms: z.optional(z.int()),
})
export type ErrorBody = z.infer<typeof ErrorBody>

/** The answer to a failed request. `data` is a text that can be shown to people. */
export const Failure = z.object({
  status: z.literal('failure'),
  operation: z.string(),
  data: z.string(),
  error: ErrorBody,
})
export type Failure = z.infer<typeof Failure>

/** The answer to a successful request; `operation` is the request's name. */
export interface Success<Data> {
  status: 'success'
  operation: string
  data: Data
}
