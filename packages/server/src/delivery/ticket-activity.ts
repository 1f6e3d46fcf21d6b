import { streamOwner } from '@dowellchat/protocol'
import { grouped } from '../stores/grouped.ts'
import { type StreamKey, streamId, streamKeyOf, type TicketStore } from '../stores/store.ts'

/** Beyond so many tickets that wait, such as while the store is gone, others are left out. */
const mostTickets = 10_000
/** So many are written together. */
const writtenAtOnce = 200

/** When tickets were written to last, until that is stored. */
export class TicketActivity {
  readonly #store: Pick<TicketStore, 'touch'>
  readonly #waiting = new Map<string, string>()

  constructor(store: Pick<TicketStore, 'touch'>) {
    this.#store = store
  }

  get isEmpty(): boolean {
    return this.#waiting.size === 0
  }

  /** Notes a message; one that is no ticket's is nothing to note. */
  sent(key: StreamKey, at: string): void {
    if (!key.stream.startsWith('ticket:')) return
    const id = streamId(key)
    if (this.#waiting.size < mostTickets || this.#waiting.has(id)) this.#waiting.set(id, at)
  }

  /** Stores what waits; what cannot be stored now waits on. */
  async write(): Promise<void> {
    const all = [...this.#waiting].map(([id, at]) => ({ id, at, ...streamKeyOf(id) }))
    for (const [workspaceId, own] of grouped(all, ({ workspace_id }) => workspace_id))
      for (let n = 0; n < own.length; n += writtenAtOnce) {
        const some = own.slice(n, n + writtenAtOnce)
        await this.#store.touch(
          workspaceId,
          some.map(({ stream, at }) => ({ ticket_id: streamOwner(stream).id, at })),
        )
        for (const { id, at } of some) if (this.#waiting.get(id) === at) this.#waiting.delete(id)
      }
  }
}
