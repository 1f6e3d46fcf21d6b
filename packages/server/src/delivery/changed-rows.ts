import { setTimeout as pause } from 'node:timers/promises'
import type { Ticket } from '@dowellchat/protocol'
import type { Logger } from '../logger.ts'
import type { RowChange, Store } from '../stores/store.ts'
import { type AnnouncedRows, Announcements, type Doubt, type OnSent } from './announcements.ts'
import type { Facts, Notify } from './facts.ts'
import { addressesOf, type FollowedChange, followedKinds, readRows, rowsAtOnce } from './followed-rows.ts'
import type { LateChanges } from './late-changes.ts'
import type { Listeners } from './listeners.ts'
import { merged, rowName } from './row-facts.ts'
import { type Moment, SentRows } from './sent-rows.ts'
import type { SharedChanges } from './shared-changes.ts'

interface ChangedRowsParts {
  readonly store: Pick<
    Store,
    'tickets' | 'topics' | 'lineManagers' | 'cannedAnswers' | 'users' | 'blocks' | 'reports' | 'nodes'
  >
  readonly sockets: Pick<Listeners, 'hasAny'>
  /** Sends facts to this server's sockets, and to the others' what does not travel by the log. */
  readonly push: Notify
  readonly changes: Pick<SharedChanges, 'on' | 'act'>
  readonly late: Pick<LateChanges, 'announce'>
  /** This server's id. */
  readonly server: string
  readonly logger: Logger
}

type OnAnnounced = <K extends keyof Facts>(workspaceId: string, fact: K, data: Facts[K]) => void

const retryMs = 500

/**
 * Sends the rows that clients follow on every server. What a handler announces of a row (`Announcements`) is in the log of
 * shared changes before the request is answered; the other servers read the row again, and send it as it is then, where a
 * socket of theirs is concerned. What this server has sent while it read is read once more, so that nobody is sent an
 * older state after a newer one. Rooms with members are sent by `MemberRooms`.
 */
export class ChangedRows implements AnnouncedRows {
  readonly server: string
  readonly areShared: boolean
  readonly sent = new SentRows()
  readonly push: Notify
  readonly #parts: ChangedRowsParts
  readonly #due = new Map<string, FollowedChange>()
  readonly #onAnnounced: OnAnnounced[] = []
  #onTicket: ((workspaceId: string, ticket: Ticket) => void) | undefined
  #sending: Promise<void> | undefined
  #isStopped = false

  constructor(parts: ChangedRowsParts) {
    const { changes, push, server, store } = parts
    this.#parts = parts
    this.server = server
    this.areShared = store.nodes !== undefined
    this.push = push
    for (const kind of followedKinds) changes.on(kind, (change) => this.#follow(change))
  }

  /** Called with every ticket that is sent to those concerned because another server has changed it. */
  onTicket(listener: (workspaceId: string, ticket: Ticket) => void): void {
    this.#onTicket = listener
  }

  /** Called with every fact that this server announces, of whatever workspace. */
  onAnnounced(listener: OnAnnounced): void {
    this.#onAnnounced.push(listener)
  }

  announced<K extends keyof Facts>(workspaceId: string, fact: K, data: Facts[K]): void {
    for (const listener of this.#onAnnounced) listener(workspaceId, fact, data)
  }

  /** What a request, or work behind it, announces in a workspace. */
  announcements(workspaceId: string, onSent?: OnSent, doubt?: Doubt): Announcements {
    return new Announcements(this, workspaceId, onSent, doubt)
  }

  /** Resolves once every other server will send what has changed. What the log does not take now it gets later. */
  async share(workspace_id: string, changes: readonly RowChange[]): Promise<void> {
    const rows = new Map<string, RowChange>()
    for (const change of changes) {
      const name = `${dueName(workspace_id, change)}\n${change.server}`
      const before = rows.get(name)
      rows.set(name, before ? merged(before, change) : change)
    }
    await this.#parts.late.announce(...[...rows.values()].map((one) => ({ ...one, workspace_id })))
  }

  /** Reads a row again and sends it, as if another server had changed it. */
  sendAgain(workspace_id: string, { server: _, ...change }: RowChange): void {
    this.#parts.changes.act({ ...change, workspace_id } as RowChange & { workspace_id: string })
  }

  /** Notes that a row is being sent. */
  note(workspaceId: string, change: RowChange): void {
    this.sent.note(rowName(workspaceId, change))
    if (isNew(change)) this.sent.note(dueName(workspaceId, change))
  }

  /** Resolves once nothing is being sent. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#sending
  }

  #follow(change: FollowedChange): void {
    const isOwn = change.server === this.server
    if (isOwn || !this.#parts.sockets.hasAny(addressesOf(change))) return
    this.#due.set(dueName(change.workspace_id, change), change)
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined
    })
  }

  async #sendAll(): Promise<void> {
    // What is heard of together is read together.
    await undefined
    let isFailing = false
    while (this.#due.size > 0 && !this.#isStopped) {
      try {
        await this.#sendSome()
        isFailing = false
      } catch (error) {
        // Said once, however long it takes.
        if (!isFailing) this.#parts.logger.error({ error }, 'What other servers changed cannot be read')
        isFailing = true
        await pause(retryMs)
      }
    }
  }

  /** Sends the rows of one kind and workspace that have waited longest. */
  async #sendSome(): Promise<void> {
    const [first] = this.#due.values()
    if (!first) return
    const alike = [...this.#due]
      .filter(([, { kind, workspace_id }]) => kind === first.kind && workspace_id === first.workspace_id)
      .slice(0, rowsAtOnce)
    for (const [name] of alike) this.#due.delete(name)
    const changes = alike.map(([, change]) => change)
    const since = this.sent.now()
    try {
      const rows = await readRows(this.#parts.store, first.workspace_id, changes)
      this.#send(changes, rows, since)
    } catch (error) {
      for (const [name, change] of alike) if (!this.#due.has(name)) this.#due.set(name, change)
      throw error
    }
  }

  #send(changes: readonly FollowedChange[], rows: Awaited<ReturnType<typeof readRows>>, since: Moment): void {
    const isOutdated = (change: FollowedChange) =>
      this.sent.wasSentSince(rowName(change.workspace_id, change), since)
    const outdated = new Set(changes.filter(isOutdated))
    for (const change of changes) {
      const { workspace_id } = change
      const name = dueName(workspace_id, change)
      if (outdated.has(change)) this.#due.set(name, change)
      // A repeated request tells of a new ticket again.
      if (outdated.has(change) || (isNew(change) && this.sent.wasSent(name))) continue
      const row = rows.get(change)
      if (!row) continue
      row.send(this.push)
      this.note(workspace_id, change)
      // Of a new one, its customer hears nothing.
      if (row.ticket && !isNew(change)) this.#onTicket?.(workspace_id, row.ticket)
    }
  }
}

function isNew(change: RowChange): boolean {
  return change.kind === 'ticket_changed' && change.is_new
}

/** Tells apart what is to be sent: of a ticket, that it is new, and that it has changed. */
function dueName(workspaceId: string, change: RowChange): string {
  return isNew(change) ? `new ${rowName(workspaceId, change)}` : rowName(workspaceId, change)
}
