import { createHmac } from 'node:crypto'
import type { AuditEntry, ErrorCode, Ticket } from '@dowellchat/protocol'
import type { Logger } from '../logger.ts'
import type { Person } from '../stores/person.ts'
import { erasedRow } from '../stores/personal-data.ts'
import type { AuditStore } from '../stores/store.ts'
import { dateNow, isoNow } from '../time.ts'
import { networkOf } from './address.ts'
import { byWorkspace } from './by-workspace.ts'

/** Something that belongs in the audit trail. */
export interface Act extends Pick<AuditEntry, 'act' | 'by' | 'key_id' | 'address'> {
  readonly object?: string | null
  /** The user whom it concerns. */
  readonly user_id?: string | null
  /** What tells this act from another one. Its repetition has the same, and adds no row. */
  readonly of: readonly (string | number | null)[]
}

/** Something that was refused; what is alike within a minute is counted in one row. */
export interface Refusal extends Pick<AuditEntry, 'act' | 'by' | 'key_id' | 'address'> {
  readonly result: ErrorCode
}

interface Waiting {
  readonly workspaceId: string
  readonly entry: AuditEntry
}

const writeAfterMs = 20
const retryMs = 1_000
const countAfterMs = 1_000
const mostAtOnce = 200
const mostWaiting = 10_000
/** How many refusals have rows of their own in a minute. All others of one act share a row. */
const mostCounts = 1_000
const minuteMs = 60_000

/**
 * The audit trail as servers write it: behind the requests, many rows at once, again and again while the store cannot take
 * them. Ids derive from the acts, so a row that is written twice is there once.
 */
export class Audit {
  readonly #store: AuditStore
  readonly #pepper: string
  readonly #logger: Logger
  readonly #waiting: Waiting[] = []
  readonly #counts = new Map<string, Waiting>()
  /** The rows of this minute's refusals, also those that are written. */
  readonly #counted = new Set<string>()
  #minute = 0
  #timer: NodeJS.Timeout | undefined
  #countTimer: NodeJS.Timeout | undefined
  #writing = Promise.resolve()
  #isStopped = false
  /** So that the log has one line, however long the store cannot take anything. */
  #isFailing = false

  constructor(store: AuditStore, pepper: string, logger: Logger) {
    this.#store = store
    this.#pepper = pepper
    this.#logger = logger
  }

  /** Adds a row, soon. */
  record(workspaceId: string, { of, object = null, user_id = null, ...act }: Act): void {
    const _id = this.#idOf(workspaceId, act.act, of)
    const entry = { _id, at: now(), ...act, object, user_id, result: 'ok', count: 1 }
    if (this.#waiting.length >= mostWaiting) this.#drop(workspaceId, entry)
    else this.#waiting.push({ workspaceId, entry })
    if (!this.#isStopped) this.#timer ??= setTimeout(() => this.#write(), writeAfterMs)
  }

  /** The line, not a person, gives a ticket to a line manager. */
  assigned(workspaceId: string, { _id, line_manager }: Pick<Ticket, '_id' | 'line_manager'>): void {
    const line = { act: 'assign_ticket', by: null, key_id: null, address: null }
    this.record(workspaceId, { ...line, object: _id, user_id: line_manager, of: [_id, line_manager] })
  }

  /** Counts a refusal. Rows are few, however many addresses ask. */
  refused(workspaceId: string, refusal: Refusal): void {
    const counted = this.#rowOf(workspaceId, refusal)
    const known = this.#counts.get(counted._id)
    const entry = known ? { ...known.entry, count: known.entry.count + 1 } : counted
    this.#counts.set(entry._id, { workspaceId, entry })
    if (!this.#isStopped) this.#countTimer ??= setTimeout(() => this.#write(), countAfterMs).unref()
  }

  /** How many rows are not written yet. */
  get waiting(): number {
    return this.#waiting.length + this.#counts.size
  }

  /** Writes what waits; a store that cannot take it now gets it later. */
  settled(): Promise<void> {
    this.#write()
    return this.#writing
  }

  /** Puts what takes the place of a person's id in its place, in what is not written yet. */
  forget(workspaceId: string, person: Person): void {
    const forgotten = ({ workspaceId: id, entry }: Waiting): Waiting => ({
      workspaceId: id,
      entry: (id === workspaceId && erasedRow('audit', entry, person)) || entry,
    })
    for (const [at, one] of this.#waiting.entries()) this.#waiting[at] = forgotten(one)
    for (const [id, one] of this.#counts) this.#counts.set(id, forgotten(one))
  }

  /** Writes what waits; a store that cannot take it loses it. */
  async stop(): Promise<void> {
    this.#isStopped = true
    this.#write()
    await this.#writing
  }

  #rowOf(workspaceId: string, refusal: Refusal): AuditEntry {
    const at = now()
    const { act, by, key_id, result } = refusal
    const minute = Math.floor(dateNow() / minuteMs)
    if (minute !== this.#minute) this.#counted.clear()
    this.#minute = minute
    // Handshakes, keys and guests are one row for each network, whatever is wrong with them: one person has its addresses.
    const address = by === null && refusal.address !== null ? networkOf(refusal.address) : refusal.address
    const who = by === null ? [address] : [by, result]
    const _id = this.#idOf(workspaceId, act, [...who, minute])
    const isKnown = this.#counted.has(_id) || Math.max(this.#counted.size, this.#counts.size) < mostCounts
    if (isKnown) this.#counted.add(_id)
    const others = { by: null, key_id: null, address: null }
    return {
      _id: isKnown ? _id : this.#idOf(workspaceId, act, [minute]),
      at,
      act,
      ...(isKnown ? { by, key_id, address } : others),
      object: null,
      user_id: null,
      result,
      count: 1,
    }
  }

  #idOf(workspaceId: string, act: string, of: Act['of']): string {
    // Under the pepper, since an id that has an address or a user in it could be guessed otherwise.
    return createHmac('sha256', this.#pepper)
      .update(JSON.stringify([workspaceId, act, ...of]))
      .digest('base64url')
  }

  #write(): void {
    clearTimeout(this.#timer)
    clearTimeout(this.#countTimer)
    this.#timer = undefined
    this.#countTimer = undefined
    this.#writing = this.#writing.then(() => this.#writeAll())
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#waiting.length > 0) await this.#writeBatch()
      const counts = [...this.#counts]
      for (let at = 0; at < counts.length; at += mostAtOnce)
        await this.#writeCounts(counts.slice(at, at + mostAtOnce))
      this.#isFailing = false
    } catch (error) {
      this.#retry(error)
    }
  }

  #retry(error: unknown): void {
    const rows = this.#waiting.length + this.#counts.size
    if (this.#isStopped) {
      this.#logger.error({ error, rows }, 'The audit trail could not be written')
      return
    }
    if (!this.#isFailing)
      this.#logger.warn({ error, rows }, 'The audit trail cannot be written; it will be tried again')
    this.#isFailing = true
    // A row that came meanwhile must not make it try again at once.
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#write(), retryMs).unref()
  }

  /** Rows of all workspaces together, which costs the embedded store one commit. */
  async #writeBatch(): Promise<void> {
    const batch = this.#waiting.slice(0, mostAtOnce)
    const appends = [...byWorkspace(batch)].map(([workspaceId, rows]) =>
      this.#store.append(
        workspaceId,
        rows.map(({ entry }) => entry),
      ),
    )
    await Promise.all(appends)
    this.#waiting.splice(0, batch.length)
  }

  async #writeCounts(counts: readonly [string, Waiting][]): Promise<void> {
    // Before they are written, since more may be counted meanwhile.
    for (const [id] of counts) this.#counts.delete(id)
    const writes = counts.map(async ([id, { workspaceId, entry }]) => {
      try {
        await this.#store.count(workspaceId, entry)
      } catch (error) {
        const { entry: later } = this.#counts.get(id) ?? {}
        this.#counts.set(id, { workspaceId, entry: { ...entry, count: entry.count + (later?.count ?? 0) } })
        throw error
      }
    })
    const failed = (await Promise.allSettled(writes)).find(({ status }) => status === 'rejected')
    if (failed?.status === 'rejected') throw failed.reason
  }

  #drop(workspace: string, { act, by, object }: AuditEntry): void {
    this.#logger.error({ workspace, act, by, object }, 'A row of the audit trail is lost: too many wait')
  }
}

function now(): string {
  return isoNow()
}
