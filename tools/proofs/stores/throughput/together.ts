import { turn } from '../../../../packages/server/src/queues/batch-queues.ts'
import { messageOf } from '../../../../packages/server/src/stores/message.ts'
import { makeDraft } from '../drafts.ts'
import type { Contender } from './contender.ts'

/** The least work that makes a message's text durable: it becomes a row of a table with nothing else. */
export interface Bare extends Contender {
  readonly title: string
  close(): Promise<void>
}

/** Collects rows while a write is under way, and writes them together next. */
export function together(write: (texts: readonly string[]) => Promise<unknown>): Contender {
  let waiting: { text: string; written: () => void; failed: (error: unknown) => void }[] = []
  let isRunning = false
  let commits = 0

  async function drain(): Promise<void> {
    isRunning = true
    await turn()
    while (waiting.length > 0) {
      const batch = waiting
      waiting = []
      commits += 1
      try {
        await write(batch.map(({ text }) => text))
        for (const { written } of batch) written()
      } catch (error) {
        for (const { failed } of batch) failed(error)
      }
      // So that rows that are sent in reply join the next batch.
      await turn()
    }
    isRunning = false
  }

  return {
    add: (number) =>
      new Promise<void>((written, failed) => {
        waiting.push({ text: textOf(number), written, failed })
        if (!isRunning) void drain()
      }),
    commits: () => commits,
    retries: () => 0,
  }
}

/** The text that a store keeps of a message. */
export function textOf(number: number): string {
  const placed = { _id: crypto.randomUUID(), seq: number, nth: number, created_at: new Date().toISOString() }
  return JSON.stringify(messageOf(makeDraft(`user ${number % 50}`), placed, 'room:bare'))
}
