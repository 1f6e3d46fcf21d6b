import { estimateWait, lineOwner, ticketStream } from '@dowellchat/protocol'
import { streamAddress } from './audience.ts'
import { ticketIn } from './followed-lines.ts'
import type { LineKey, LineState } from './line-reading.ts'
import type { Listeners } from './listeners.ts'
import { type WaitingTimes, waitingTimeOf } from './waiting-times.ts'

/**
 * Tells those who have joined a ticket that waits in a topic's line how many minutes it takes, where that has changed: what V2's pages
 * are told instead of how the line moves. Of tickets that a line manager has, `WaitingTimes` tells them.
 */
export class LineMinutes {
  readonly #sockets: Listeners
  readonly #times: Pick<WaitingTimes, 'estimated'>

  constructor(sockets: Listeners, times: Pick<WaitingTimes, 'estimated'>) {
    this.#sockets = sockets
    this.#times = times
  }

  /** A line has moved, or is followed from now on. */
  moved({ workspace_id, line }: LineKey, { orders, speed, reason }: LineState): void {
    if (reason !== null || lineOwner(line)?.kind !== 'topic') return
    for (const [ahead, order] of orders.entries()) {
      const id = ticketIn(order)
      if (!this.#sockets.hasAny([streamAddress({ workspace_id, stream: ticketStream(id) })])) continue
      const waiting_time = Math.round(estimateWait(ahead, speed)?.middle ?? 0)
      if (this.#times.estimated(workspace_id, id, waiting_time))
        this.#sockets.push(...waitingTimeOf(workspace_id, { _id: id, waiting_time }))
    }
  }
}
