import type { Outcome } from './follower.ts'
import type { Posted } from './post.ts'

/** What a try has failed by. */
export function failedBy({
  problem,
  retryAfterMs,
}: Extract<Posted, { ok: false }>): Extract<Outcome, { failed: string }> {
  return { failed: problem, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}
