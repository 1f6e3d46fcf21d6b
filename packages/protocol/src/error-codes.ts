// Without schemas, since clients load these at once.

/** The codes whose requests may succeed later, without any change. */
export const retryableCodes = ['rate_limited', 'unavailable', 'timeout', 'internal'] as const
