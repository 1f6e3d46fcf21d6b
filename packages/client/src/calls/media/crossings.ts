import type { PushOf } from '../../entities.ts'

type Ring = PushOf<'callUser'>

/** Calls of others that cross one's own: they are answered when they ring, without a prompt. */
export interface Crossings {
  /** Resolves to the call when it rings; to undefined if it does not soon, or if one's own is over. */
  readonly wait: (callId: string, over: AbortSignal) => Promise<Ring | undefined>
  /** Whether a call that rings is one of them. */
  readonly take: (ring: Ring) => boolean
}

const patienceMs = 5_000

export function createCrossings(): Crossings {
  const waiting = new Map<string, (ring?: Ring) => void>()
  return {
    wait: (callId, over) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => finish(), patienceMs)
        function finish(ring?: Ring): void {
          clearTimeout(timer)
          waiting.delete(callId)
          resolve(ring)
        }
        waiting.set(callId, finish)
        over.addEventListener('abort', () => finish(), { once: true })
      }),
    take(ring) {
      const finish = waiting.get(ring.callId)
      finish?.(ring)
      return finish !== undefined
    },
  }
}
