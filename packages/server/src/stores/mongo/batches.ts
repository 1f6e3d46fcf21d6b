import { BatchQueues } from '../../queues/batch-queues.ts'
import { StoreUnavailableError } from '../store.ts'
import type { Deadlines } from './deadlines.ts'

/** Something that is asked for in company. Whoever runs the batch sets the answer. */
export interface Asked<Answer> {
  answer?: Answer
}

interface Call<Answer, A> {
  readonly asked: A
  /** When its caller has given up. */
  readonly end: number
  readonly resolve: (answer: Answer) => void
  readonly reject: (error: unknown) => void
}

export interface Batches<Key, Answer, A extends Asked<Answer>> {
  ask(key: Key, asked: A): Promise<Answer>
  /** Runs something else between two batches of the key, if its caller still waits for it then. */
  step<T>(key: Key, step: () => Promise<T>): Promise<T>
}

/**
 * What this process is asked for under one key, together and one after the other: side by side it would only get in its
 * own way. Where a batch fails those that were answered before are answered; where one of them was at fault, the others
 * are run without it.
 * @param wait what a batch waits for, while it grows
 */
export function batches<Key, Answer, A extends Asked<Answer>>(
  deadlines: Deadlines,
  nameOf: (key: Key) => string,
  run: (key: Key, asked: readonly A[]) => Promise<void>,
  wait?: (key: Key) => Promise<void> | undefined,
): Batches<Key, Answer, A> {
  const queues = new BatchQueues<Key, Call<Answer, A>>(
    nameOf,
    (key, calls) => runAll(key, calls.filter(isAwaited)),
    { ...(wait && { wait }) },
  )

  async function runAll(key: Key, calls: readonly Call<Answer, A>[]): Promise<void> {
    const all = calls.map(({ asked }) => asked)
    // Whatever becomes of it, those who come next are not kept waiting.
    const failure = await deadlines.within(() => run(key, all)).catch((error: unknown) => error)
    for (const call of calls) {
      if (call.asked.answer !== undefined) call.resolve(call.asked.answer)
      else if (failure instanceof StoreUnavailableError || calls.length === 1) call.reject(failure)
      else await runAll(key, [call])
    }
  }

  return {
    ask(key, asked) {
      return new Promise((resolve, reject) =>
        queues.add(key, { asked, end: deadlines.end(), resolve, reject }),
      )
    },

    step(key, step) {
      const call = { end: deadlines.end() }
      return queues.step(key, () => {
        if (isAwaited(call)) return deadlines.within(step)
        return Promise.reject(new StoreUnavailableError('The store is unavailable: it came too late'))
      })
    },
  }
}

function isAwaited({ end }: { readonly end: number }): boolean {
  return performance.now() < end
}
