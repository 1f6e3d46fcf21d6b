import { countedAhead, type Ticket, ticketStream } from '@dowellchat/protocol'
import { countedCache } from '../counted-cache.ts'
import type { Logger } from '../logger.ts'
import { Paced } from '../queues/paced.ts'
import type { Change, TicketStore } from '../stores/store.ts'
import { type Audience, agentsOf, streamAddress } from './audience.ts'
import type { ChangedRows } from './changed-rows.ts'
import type { Facts } from './facts.ts'
import type { Listeners } from './listeners.ts'
import { rowName } from './row-facts.ts'
import type { Moment } from './sent-rows.ts'
import type { SharedChanges } from './shared-changes.ts'

interface WaitingTimesParts {
  readonly tickets: Pick<TicketStore, 'listOpen'>
  readonly sockets: Listeners
  readonly changes: Pick<SharedChanges, 'on' | 'announce'>
  readonly rows: Pick<ChangedRows, 'sent' | 'server' | 'areShared' | 'note' | 'sendAgain' | 'onTicket'>
  readonly logger: Logger
  /** How long a line rests after a look. */
  readonly restMs?: number
}

/** From which ticket on a line has moved; undefined: from its beginning. */
interface Moved {
  readonly from: string | undefined
}

/** A line whose waiting times have moved. */
interface Line {
  readonly workspace_id: string
  readonly line_manager: string
  /** What has moved since the look that is under way began. */
  moved: Moved | undefined
  look: { readonly after: string | undefined; readonly looked: number } | undefined
}

/** What one look costs at most: so many lines, so many tickets of each, so many frames to all agents. */
const linesAtOnce = 20
const ticketsAtOnce = 200
const toAgentsAtOnce = 50
const rememberedTickets = 20_000
/** No waiting time: without a line manager, or closed. */
const unassigned = -1

/** What those who have joined a ticket and do not get tickets are told of its waiting time. */
export function waitingTimeOf(
  workspace_id: string,
  { _id, waiting_time }: Pick<Ticket, '_id' | 'waiting_time'>,
): [to: Audience, fact: 'waiting_time_changed', data: Facts['waiting_time_changed']] {
  const joined = streamAddress({ workspace_id, stream: ticketStream(_id) })
  return [{ addresses: [joined] }, 'waiting_time_changed', { waiting_time }]
}

/**
 * Sends the waiting times that a closed or an assigned ticket has moved, to those who are connected: at once, then once a
 * second at most, and a bounded number at a time. A close itself costs nothing of it, however many tickets wait.
 */
export class WaitingTimes {
  readonly #parts: WaitingTimesParts
  readonly #due = new Map<string, Line>()
  /** The lines that moved here since the other servers were told, by workspace. */
  #untold = new Map<string, Set<string>>()
  /** What was sent last of each ticket; of one that had no waiting time, `unassigned`. */
  readonly #sent = countedCache<string, number>(rememberedTickets)
  /** What was estimated last of each ticket that waits for a line manager. */
  readonly #estimated = countedCache<string, number>(rememberedTickets)
  readonly #looks: Paced
  #isStopped = false
  #isFailing = false
  #isTellingFailing = false

  constructor(parts: WaitingTimesParts) {
    this.#parts = parts
    this.#looks = new Paced(parts.restMs ?? 1_000, () => this.#look(), { isSparing: true })
    parts.rows.onTicket((workspaceId, ticket) => this.#toldOfChange(workspaceId, ticket))
    parts.changes.on('lines_moved', ({ workspace_id, line_managers, server }) => {
      if (server !== parts.rows.server)
        for (const one of line_managers) this.#mark(workspace_id, one, undefined)
    })
  }

  /** Says that a line manager's tickets after one wait for more or fewer than before. */
  moved(workspaceId: string, lineManager: string, from: string): void {
    if (this.#parts.rows.areShared) this.#leaveUntold(workspaceId, lineManager)
    this.#mark(workspaceId, lineManager, from)
  }

  /**
   * Notes the waiting time that those concerned are told together with the ticket; answers whether it is another one than was said
   * before, for those who do not get tickets. That a ticket has a line manager now is no news to who has never been told a time.
   */
  told(workspaceId: string, { _id, waiting_time }: Ticket): boolean {
    const name = `${workspaceId}\n${_id}`
    const sent = this.#sent.get(name) ?? unassigned
    this.#sent.set(name, waiting_time ?? unassigned)
    if (waiting_time === null) return false
    const before = sent === unassigned ? this.#estimated.get(name) : sent
    this.#estimated.delete(name)
    return before !== undefined && before !== waiting_time
  }

  /** Notes how many minutes a ticket is estimated to wait for a line manager; answers whether that is to be told. */
  estimated(workspaceId: string, ticketId: string, minutes: number): boolean {
    const name = `${workspaceId}\n${ticketId}`
    const isAssigned = (this.#sent.get(name) ?? unassigned) !== unassigned
    if (isAssigned || this.#estimated.get(name) === minutes) return false
    this.#estimated.set(name, minutes)
    return true
  }

  /** Notes the waiting time of a ticket that somebody begins to follow who does not get tickets: what moves it then is told. */
  follows(workspaceId: string, ticket: Ticket): void {
    if (!this.#sent.has(`${workspaceId}\n${ticket._id}`)) this.told(workspaceId, ticket)
  }

  /** Resolves once no line is being looked at, and the other servers are told of all that have moved. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#looks.stop()
    await this.#tellOthersSafely()
  }

  #leaveUntold(workspaceId: string, lineManager: string): void {
    const untold = this.#untold.get(workspaceId) ?? new Set()
    this.#untold.set(workspaceId, untold.add(lineManager))
  }

  #mark(workspace_id: string, line_manager: string, from: string | undefined): void {
    const name = `${workspace_id}\n${line_manager}`
    const line = this.#due.get(name) ?? { workspace_id, line_manager, moved: undefined, look: undefined }
    // Which of two tickets is the older one is the store's to know.
    line.moved = { from: line.moved && line.moved.from !== from ? undefined : from }
    this.#due.set(name, line)
    this.#looks.want()
  }

  async #look(): Promise<void> {
    const left = { toAgents: toAgentsAtOnce }
    const isTold = await this.#tellOthersSafely()
    try {
      for (const [name, line] of [...this.#due].slice(0, linesAtOnce)) {
        if (!this.#isStopped) await this.#lookAt(name, line, left)
      }
      this.#isFailing = false
    } catch (error) {
      // They stay due. Said once, however long it takes.
      if (!this.#isFailing) this.#parts.logger.error({ error }, 'Waiting times cannot be read')
      this.#isFailing = true
    }
    if (this.#due.size > 0 || !isTold) this.#looks.want()
  }

  /** Whether they are told. What they could not be told stays for the next time. */
  async #tellOthersSafely(): Promise<boolean> {
    try {
      await this.#tellOthers()
      this.#isTellingFailing = false
    } catch (error) {
      // Said once, however long it takes.
      if (!this.#isTellingFailing)
        this.#parts.logger.error({ error }, 'Other servers cannot be told that lines move')
      this.#isTellingFailing = true
    }
    return !this.#isTellingFailing
  }

  async #tellOthers(): Promise<void> {
    const untold = this.#untold
    // What moves from now on is told the next time.
    this.#untold = new Map()
    const changes = [...untold].map(
      ([workspace_id, names]): Change => ({
        kind: 'lines_moved',
        workspace_id,
        line_managers: [...names],
        server: this.#parts.rows.server,
      }),
    )
    if (changes.length === 0) return
    try {
      await this.#parts.changes.announce(...changes)
    } catch (error) {
      for (const [workspaceId, names] of untold)
        for (const name of names) this.#leaveUntold(workspaceId, name)
      throw error
    }
  }

  async #lookAt(name: string, line: Line, left: { toAgents: number }): Promise<void> {
    const { workspace_id, line_manager } = line
    const { after, looked } = line.look ?? { after: line.moved?.from, looked: 0 }
    if (!line.look) line.moved = undefined
    line.look = { after, looked }
    const range = { limit: ticketsAtOnce, ...(after !== undefined && { after }) }
    const since = this.#parts.rows.sent.now()
    const tickets = await this.#parts.tickets.listOpen(workspace_id, line_manager, range)
    for (const ticket of tickets) this.#send(workspace_id, ticket, left, since)
    const all = looked + tickets.length
    // Further ones have as many before them as are counted, whoever leaves.
    const isOver = tickets.length < ticketsAtOnce || all > countedAhead
    line.look = isOver ? undefined : { after: tickets.at(-1)?._id, looked: all }
    // Behind the others.
    this.#due.delete(name)
    if (line.look || line.moved) this.#due.set(name, line)
  }

  #send(workspace_id: string, ticket: Ticket, left: { toAgents: number }, since: Moment): void {
    const { _id, user_id, waiting_time } = ticket
    const name = `${workspace_id}\n${_id}`
    const before = this.#sent.get(name)
    if (waiting_time === null || before === waiting_time) return
    const { push, hasAny } = this.#parts.sockets
    const joined = streamAddress({ workspace_id, stream: ticketStream(_id) })
    const own = [joined, { kind: 'user', workspace_id, user_id } as const]
    const agents = left.toAgents > 0 ? agentsOf(workspace_id).addresses : []
    const isForAgents = hasAny(agents)
    if (!isForAgents && !hasAny(own)) {
      this.#sent.delete(name)
      return
    }
    if (isForAgents) left.toAgents -= 1
    if (this.#isOutdated(workspace_id, ticket, since)) return
    const isNews = this.told(workspace_id, ticket) || before === undefined
    push({ addresses: isForAgents ? [...own, ...agents] : own }, 'ticket_updated', { data: ticket })
    if (isNews) push(...waitingTimeOf(workspace_id, ticket))
  }

  /** A change of another server has brought the waiting time along, but not to those who do not get tickets. */
  #toldOfChange(workspace_id: string, ticket: Ticket): void {
    if (this.told(workspace_id, ticket)) this.#parts.sockets.push(...waitingTimeOf(workspace_id, ticket))
  }

  /** Whether the ticket was sent since it was read: then it is read again, since it may have changed. */
  #isOutdated(workspace_id: string, { _id: ticket_id, user_id }: Ticket, since: Moment): boolean {
    const { rows } = this.#parts
    if (!rows.areShared) return false
    const change = { kind: 'ticket_changed', ticket_id, user_id, is_new: false } as const
    const isOutdated = rows.sent.wasSentSince(rowName(workspace_id, change), since)
    if (isOutdated) rows.sendAgain(workspace_id, change)
    else rows.note(workspace_id, change)
    return isOutdated
  }
}
