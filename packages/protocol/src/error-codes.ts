// Without schemas, since clients load these at once.

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
} as const satisfies Readonly<Record<string, { retryable: boolean }>>
