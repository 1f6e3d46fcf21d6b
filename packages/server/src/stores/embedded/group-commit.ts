import { describeError } from '../describe-error.ts'
import { StoreUnavailableError } from '../store.ts'
import type { Answer, Operation } from './operations.ts'

/** Where an engine runs. It rejects where nobody can tell what became of a batch. */
export interface Backend {
  run(batch: readonly Operation[]): Promise<Answer[]>
  close(): Promise<void>
}

/** Operations from all sides, run in the order in which they were called and committed together. */
export interface GroupCommit {
  submit(operation: Operation): Promise<unknown>
  /** Finishes what was submitted; refuses everything later. */
  close(): Promise<void>
}

interface Waiting {
  readonly operation: Operation
  resolve(value: unknown): void
  reject(error: Error): void
}

const batchLimit = 1_000

/** One batch is in flight while the next gathers; no timer waits for company. */
export function groupCommit(backend: Backend): GroupCommit {
  const waiting: Waiting[] = []
  let draining: Promise<void> | undefined
  let closing: Promise<void> | undefined

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      // Whoever is called by the same code comes along; company from elsewhere has waited in its own queue.
      await Promise.resolve()
      const batch = waiting.splice(0, batchLimit)
      const answers = await answersOf(batch.map(({ operation }) => operation))
      for (const [index, one] of batch.entries()) settle(one, answers[index] ?? lostAnswer)
    }
    draining = undefined
  }

  async function answersOf(operations: readonly Operation[]): Promise<Answer[]> {
    try {
      return await backend.run(operations)
    } catch (error) {
      return operations.map(() => ({ failure: describeError(error), unavailable: true }))
    }
  }

  return {
    submit(operation) {
      if (closing) return Promise.reject(new StoreUnavailableError('The store is closed'))
      return new Promise((resolve, reject) => {
        waiting.push({ operation, resolve, reject })
        draining ??= drain()
      })
    },

    close() {
      closing ??= (draining ?? Promise.resolve()).then(() => backend.close())
      return closing
    },
  }
}

const lostAnswer: Answer = { failure: 'The store gave no answer', unavailable: true }

function settle({ resolve, reject }: Waiting, answer: Answer): void {
  if ('value' in answer) resolve(answer.value)
  else if (answer.unavailable)
    reject(new StoreUnavailableError(`The store is unavailable: ${answer.failure}`))
  else reject(new Error(answer.failure))
}
