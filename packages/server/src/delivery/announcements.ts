import type { RowChange } from '../stores/store.ts'
import type { Audience } from './audience.ts'
import type { Facts, Notify } from './facts.ts'
import { type RowFact, rowChangeOf, rowName } from './row-facts.ts'
import type { Moment, SentRows } from './sent-rows.ts'

/** Where rows are announced. */
export interface AnnouncedRows {
  /** This server's id. */
  readonly server: string
  /** Whether other servers may follow the same rows. */
  readonly areShared: boolean
  readonly sent: SentRows
  readonly push: Notify
  share(workspaceId: string, changes: readonly RowChange[]): Promise<void>
  sendAgain(workspaceId: string, change: RowChange): void
  note(workspaceId: string, change: RowChange): void
  /** Called for every fact that is announced, as it is sent. */
  announced<K extends keyof Facts>(workspaceId: string, fact: K, data: Facts[K]): void
}

interface Announced {
  readonly to: Audience
  readonly fact: keyof Facts
  readonly data: unknown
  /** The row that it shows. */
  readonly change: RowChange | undefined
}

/** Whether nobody knows what earlier tries of a request have stored. */
export interface Doubt {
  isOpen(): boolean
  open(): void
  close(): void
}

/** Called for every fact that is sent. */
export type OnSent = (to: Audience, fact: keyof Facts, data: unknown) => void

/**
 * What a request announces, in this order: `notify` and `resend` collect, `share` lets the other servers know, `send` sends
 * what was collected to this server's sockets. A request shares before it is answered and sends after it.
 */
export class Announcements {
  readonly #rows: AnnouncedRows
  readonly #workspaceId: string
  readonly #onSent: OnSent | undefined
  readonly #doubt: Doubt | undefined
  /** Before anything that is announced was read. */
  readonly #since: Moment
  #announced: Announced[] | undefined
  #changes: RowChange[] | undefined
  #again: RowChange[] | undefined

  constructor(rows: AnnouncedRows, workspaceId: string, onSent?: OnSent, doubt?: Doubt) {
    this.#rows = rows
    this.#workspaceId = workspaceId
    this.#onSent = onSent
    this.#doubt = doubt
    this.#since = rows.sent.now()
  }

  readonly notify: Notify = (to, fact, data) => {
    const change = rowChangeOf(fact, data)
    this.#announced ??= []
    this.#announced.push({ to, fact, data, change })
    if (change && this.#rows.areShared) this.#add({ ...change, server: this.#rows.server })
  }

  /**
   * For repeated requests: lets every server send a row again, since the first try may have ended before it was sent. A server alone
   * knows whether one has.
   */
  readonly resend = <K extends RowFact>(fact: K, data: Facts[K]): void => {
    const change = rowChangeOf(fact, data)
    if (!change) return
    if (this.#rows.areShared) this.#add(change)
    else if (this.#doubt?.isOpen()) this.#again = [...(this.#again ?? []), change]
  }

  /** Resolves once the other servers will send it too; undefined where they have nothing to send. */
  share(): Promise<void> | undefined {
    const changes = this.#changes
    this.#changes = undefined
    return changes && this.#rows.share(this.#workspaceId, changes)
  }

  /** Sends it. A row that was sent since the request began is read again instead: the request may have an older state. */
  send(): void {
    const sent = new Map<string, RowChange>()
    const [announced, again] = [this.#announced ?? [], this.#again ?? []]
    this.#announced = undefined
    this.#again = undefined
    for (const { to, fact, data, change } of announced) {
      // Each fact with its own data.
      this.#rows.announced(this.#workspaceId, fact as 'hello', data as never)
      const name = change && rowName(this.#workspaceId, change)
      if (change && name !== undefined && this.#isOutdated(name)) {
        this.#rows.sendAgain(this.#workspaceId, change)
        continue
      }
      this.#rows.push(to, fact as 'hello', data as never)
      this.#onSent?.(to, fact, data)
      if (change && name !== undefined) sent.set(`${name}\n${fact}`, change)
    }
    for (const change of sent.values()) this.#rows.note(this.#workspaceId, change)
    for (const change of again) this.#rows.sendAgain(this.#workspaceId, change)
    // By now it is told; the next repetition announces nothing.
    if (again.length > 0 || sent.size > 0) this.#doubt?.close()
  }

  /** Of a request that has failed: announces what it had stored. What the log does not take now it gets later. */
  async fail(isInDoubt: boolean): Promise<void> {
    this.send()
    if (isInDoubt) this.#doubt?.open()
    await this.share()?.catch(() => {})
  }

  #isOutdated(name: string): boolean {
    return this.#rows.areShared && this.#rows.sent.wasSentSince(name, this.#since)
  }

  #add(change: RowChange): void {
    this.#changes ??= []
    this.#changes.push(change)
  }
}
