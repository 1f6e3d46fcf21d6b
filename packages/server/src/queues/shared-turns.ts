import { turn } from './batch-queues.ts'

/** How long all that computes may keep the event loop in one turn from everything else. */
const shareMs = 5

// One for all, as each thread has one event loop: forty that each took their share would keep it for forty shares.
let startedAt = Number.NEGATIVE_INFINITY
let next: Promise<void> | undefined

/** Runs one step of what takes long: now, or in a later turn of the event loop where this one has had its share. */
export async function inTurn<Result>(step: () => Result): Promise<Result> {
  while (performance.now() - startedAt > shareMs) {
    next ??= turn().then(() => {
      next = undefined
      startedAt = performance.now()
    })
    await next
  }
  return step()
}
