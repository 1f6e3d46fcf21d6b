import { randomUUID } from 'node:crypto'
import { afterTurns } from '../time.ts'

/** How long a question waits for servers that do not answer: about as long as one may be silent and count as heard. */
const patienceMs = 1_000
/** How many questions are open at once. */
const mostOpen = 1_000

interface Open {
  readonly answers: unknown[]
  readonly waitingFor: Set<string>
  readonly done: () => void
}

/** The questions of this server that others have not answered yet. */
export class Questions {
  readonly #open = new Map<string, Open>()

  /** The answers of some servers, without those that do not answer in time. @param send sends the question under an id */
  async ask(ids: readonly string[], send: (id: string) => void): Promise<unknown[]> {
    if (ids.length === 0 || this.#open.size >= mostOpen) return []
    const id = randomUUID()
    const answers: unknown[] = []
    await new Promise<void>((resolve) => {
      const stop = afterTurns(resolve, patienceMs)
      const done = (): void => {
        stop()
        resolve()
      }
      this.#open.set(id, { answers, waitingFor: new Set(ids), done })
      send(id)
    })
    this.#open.delete(id)
    return answers
  }

  /** Takes the answer of a server, once. */
  take(id: string, from: string, data: unknown): void {
    const open = this.#open.get(id)
    if (!open?.waitingFor.delete(from)) return
    open.answers.push(data)
    if (open.waitingFor.size === 0) open.done()
  }

  /** A server has ended, and answers nothing any more. */
  forget(from: string): void {
    for (const { waitingFor, done } of this.#open.values())
      if (waitingFor.delete(from) && waitingFor.size === 0) done()
  }
}
