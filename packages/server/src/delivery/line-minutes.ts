import { estimateWait, lineOwner, ticketStream } from '@dowellchat/protocol'
import { LRUCache } from 'lru-cache'
import { streamAddress } from './audience.ts'
import { ticketIn } from './followed-lines.ts'
import type { LineKey, LineState } from './line-reading.ts'
import type { Listeners } from './listeners.ts'

const rememberedTickets = 20_000

/**
 * Tells those who have joined a ticket that waits in a topic's line how many minutes it takes, where that has changed: what V2's pages
 * are told instead of how the line moves. Of tickets that a line manager has, `WaitingTimes` tells them.
 */
export class LineMinutes {
  readonly #sockets: Listeners
  /** What was sent last of each ticket. */
  readonly #sent = new LRUCache<string, number>({ max: rememberedTickets })

  constructor(sockets: Listeners) {
    this.#sockets = sockets
  }

  /** A line has moved, or is followed from now on. */
  moved({ workspace_id, line }: LineKey, { orders, speed, reason }: LineState): void {
    if (reason !== null || lineOwner(line)?.kind !== 'topic') return
    for (const [ahead, order] of orders.entries()) {
      const joined = streamAddress({ workspace_id, stream: ticketStream(ticketIn(order)) })
      if (!this.#sockets.hasAny([joined])) continue
      const waiting_time = Math.round(estimateWait(ahead, speed)?.middle ?? 0)
      const name = `${workspace_id}\n${order}`
      if (this.#sent.get(name) === waiting_time) continue
      this.#sent.set(name, waiting_time)
      this.#sockets.push({ addresses: [joined] }, 'waiting_time_changed', { waiting_time })
    }
  }
}
