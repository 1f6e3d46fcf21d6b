import type { Draft, PushOf } from '@dowellchat/protocol'
import type { TestSocket } from './test-socket.ts'

/** What a reader makes of the drafts that its socket hears of, without asking for what it has missed. */
export class Reading {
  readonly #known = new Map<string, { n: number; text: string }>()
  readonly #socket: TestSocket
  readonly #skipped: number
  #read = 0
  /** How often one was missed. */
  missed = 0

  /** @param known what it has asked for; by default it reads from the socket's first frame on */
  constructor(socket: TestSocket, known?: readonly Draft[]) {
    this.#socket = socket
    this.#skipped = known ? socket.frames.length : 0
    for (const { cid, n, text } of known ?? []) this.#known.set(cid, { n, text })
  }

  textOf(cid: string): string | undefined {
    const frames = this.#socket.frames.slice(this.#skipped + this.#read)
    this.#read += frames.length
    for (const [event, data] of frames)
      if (event === 'message_draft') this.#take(data as PushOf<'message_draft'>)
    return this.#known.get(cid)?.text
  }

  #take({ cid, n, from, text, is_over }: PushOf<'message_draft'>): void {
    const known = this.#known.get(cid)
    if (is_over) this.#known.delete(cid)
    else if (from > 0 && n !== (known?.n ?? 0) + 1) this.missed += 1
    else this.#known.set(cid, { n, text: (known?.text ?? '').slice(0, from) + text })
  }
}
