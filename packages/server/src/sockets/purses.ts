import type { Failure } from '@dowellchat/protocol'
import type { Limits } from '../limits.ts'
import type { Bucket } from '../queues/buckets.ts'

/** The buckets that a socket's requests are paid from. */
export interface Purses {
  readonly connection: Bucket
  readonly user: Bucket | undefined
  readonly address: Bucket
  readonly workspace: Bucket
  /** What all those of the workspace may take together whom nothing proves. */
  readonly guests: Bucket | undefined
}

/** The limit of each bucket. */
export const limitOf = {
  connection: 'socketPoints',
  user: 'userPoints',
  address: 'addressPoints',
  workspace: 'workspacePoints',
  guests: 'workspacePoints',
} as const satisfies Record<keyof Purses, keyof Limits>

/** The bucket in which points are missing longest, and how long. */
export function longestWait(purses: Purses, points: number, now: number): [by: keyof Purses, waitMs: number] {
  const waits = (Object.keys(purses) as (keyof Purses)[]).map((name): [keyof Purses, number] => [
    name,
    purses[name]?.waitMs(points, now) ?? 0,
  ])
  return waits.reduce((longest, one) => (one[1] > longest[1] ? one : longest))
}

export function sentenceOf(purse: keyof Purses): string {
  return `Too many requests from ${purse === 'guests' ? 'the guests of this workspace' : `this ${purse}`}.`
}

/** Not a `RequestError`, whose stack would cost more than all the rest. */
export function limitedBody(sentence: string, waitMs: number): Failure['error'] & { retry_after_ms: number } {
  const message = `${sentence} Try again in ${Math.ceil(waitMs / 1_000)} s.`
  return { code: 'rate_limited', message, retryable: true, retry_after_ms: waitMs }
}
