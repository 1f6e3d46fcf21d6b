import { setTimeout as pause } from 'node:timers/promises'
import type { Ticket } from '@dowellchat/protocol'
import type { Audit } from '../identity/audit.ts'
import type { Logger, Trace } from '../logger.ts'
import { mostAssigned, type TicketStore } from '../stores/store.ts'
import { ticketAudience } from './audience.ts'
import type { ChangedRows } from './changed-rows.ts'
import type { Notify } from './facts.ts'
import type { WaitingTimes } from './waiting-times.ts'

interface LinesParts {
  readonly tickets: Pick<TicketStore, 'assignWaiting'>
  readonly times: Pick<WaitingTimes, 'moved' | 'told'>
  readonly audit: Pick<Audit, 'assigned'>
  readonly rows: Pick<ChangedRows, 'announcements'>
  readonly logger: Logger
  readonly trace: Trace | undefined
}

const retryMs = 500

/**
 * Gives tickets that wait to line managers who are free. However many wait, whoever makes room for them waits for the first
 * few alone; the others are given behind, a few at a time, so that other requests come in between.
 */
export class Lines {
  readonly #parts: LinesParts
  /** The workspaces in which tickets are being given behind. */
  readonly #going = new Map<string, Promise<void>>()
  #isStopped = false

  constructor(parts: LinesParts) {
    this.#parts = parts
  }

  /** Gives waiting tickets, oldest first; answers the first of them, which `notify` announces. */
  async assign(workspaceId: string, notify?: Notify): Promise<Ticket[]> {
    const given = await (notify ? this.#give(workspaceId, notify) : this.#giveAlone(workspaceId))
    if (given.length >= mostAssigned) this.#goOn(workspaceId)
    return given
  }

  /** Resolves once nothing is being given any more. What is left then is given at the next start. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await Promise.all(this.#going.values())
  }

  /** Gives, and announces it without a request. */
  async #giveAlone(workspaceId: string): Promise<Ticket[]> {
    const announcements = this.#parts.rows.announcements(workspaceId)
    const given = await this.#give(workspaceId, announcements.notify)
    announcements.send()
    await announcements.share()
    return given
  }

  async #give(workspaceId: string, notify: Notify): Promise<Ticket[]> {
    const { tickets, times, audit, trace } = this.#parts
    const given = await tickets.assignWaiting(workspaceId)
    for (const ticket of given) {
      const { _id, line_manager } = ticket
      trace?.({ step: 'assigned', ticket: _id, line_manager, workspace: workspaceId }, 'ticket')
      audit.assigned(workspaceId, ticket)
      notify(ticketAudience(workspaceId, ticket), 'ticket_updated', { data: ticket })
      times.told(workspaceId, ticket)
    }
    const seen = new Set<string | null>()
    for (const { _id, line_manager } of given) {
      // The oldest of each, which those after it wait for.
      if (line_manager !== null && !seen.has(line_manager)) times.moved(workspaceId, line_manager, _id)
      seen.add(line_manager)
    }
    return given
  }

  #goOn(workspaceId: string): void {
    if (this.#going.has(workspaceId)) return
    const going = this.#giveOthers(workspaceId).finally(() => this.#going.delete(workspaceId))
    this.#going.set(workspaceId, going)
  }

  async #giveOthers(workspaceId: string): Promise<void> {
    let isFailing = false
    for (let isDone = false; !isDone && !this.#isStopped; ) {
      try {
        isDone = (await this.#giveAlone(workspaceId)).length < mostAssigned
        isFailing = false
      } catch (error) {
        // Said once, however long it takes.
        if (!isFailing)
          this.#parts.logger.error({ workspace: workspaceId, error }, 'Waiting tickets cannot be assigned')
        isFailing = true
        await pause(retryMs)
      }
    }
  }
}
