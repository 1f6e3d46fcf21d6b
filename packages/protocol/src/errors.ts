import * as z from 'zod/mini'

/** Every error code. `retryable` says whether the same request may succeed later. */
export const errors = {
  invalid_payload: {
    retryable: false,
    meaning: 'The payload is not what the request takes; the text names the field.',
  },
  unknown_event: { retryable: false, meaning: 'No request has this name.' },
  unauthenticated: { retryable: false, meaning: 'No identity, or one that is not valid.' },
  forbidden: { retryable: false, meaning: 'The session may not do this.' },
  not_found: { retryable: false, meaning: 'It does not exist, or not for this session.' },
  conflict: { retryable: false, meaning: 'It exists already, or is no longer in the state that this needs.' },
  ticket_closed: { retryable: false, meaning: 'The ticket is closed; its conversation can only be read.' },
  rate_limited: { retryable: true, meaning: 'Too many requests; `retry_after_ms` says when to come back.' },
  limit_reached: { retryable: false, meaning: 'A quota of the workspace or the connection is used up.' },
  too_large: { retryable: false, meaning: 'The frame is over the limit of `limits.frame_bytes`.' },
  unavailable: { retryable: true, meaning: 'The store cannot take this now; nothing was sent to anybody.' },
  timeout: {
    retryable: true,
    meaning: 'No answer came in time; a retry with the same cid has no second effect.',
  },
  queue_full: { retryable: false, meaning: 'Too much waits to be sent already.' },
  unsupported_protocol: {
    retryable: false,
    meaning: 'The server does not speak this version of the protocol.',
  },
  internal: { retryable: true, meaning: 'The server made a mistake; it is in its log.' },
} as const satisfies Readonly<Record<string, { retryable: boolean; meaning: string }>>

export type ErrorCode = keyof typeof errors
/** Codes of single requests; the entries of these requests list them. */
export type SpecificCode = 'ticket_closed'
/** Codes that any request can end with. */
export type CommonCode = Exclude<ErrorCode, SpecificCode>

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
