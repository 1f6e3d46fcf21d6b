import type { Failed } from './follower.ts'
import type { Posted } from './post.ts'

/** What a try has failed by. */
export function failedBy({ problem, retryAfterMs }: Extract<Posted, { ok: false }>): Failed {
  return { failed: problem, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}
