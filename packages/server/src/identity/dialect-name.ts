/** What a socket speaks: V2's events, or the current protocol. */
export type DialectName = 'v2' | 'current'
