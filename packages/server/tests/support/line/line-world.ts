import { randomUUID } from 'node:crypto'
import type { Ticket } from '@dowellchat/protocol'
import { Lines } from '../../../src/delivery/lines.ts'
import { AllLimits } from '../../../src/limits.ts'
import { handBackOfAbsent } from '../../../src/lines/hand-back.ts'
import { consoleLogger } from '../../../src/logger.ts'
import type { Store } from '../../../src/stores/store.ts'
import { isoNow } from '../../../src/time.ts'

export const topics = ['sales', 'bills'] as const
export const agents = ['max', 'mia', 'moe', 'may'] as const

/** A workspace whose line is run by the real parts over a real store, without sockets. */
export class LineWorld {
  readonly workspaceId: string
  readonly lines: Lines
  readonly limits = new AllLimits()
  readonly #store: Store

  constructor(store: Store, workspaceId: string) {
    this.#store = store
    this.workspaceId = workspaceId
    const nobody = (): void => undefined
    const announcements = { notify: nobody, resend: nobody, share: async () => undefined, send: nobody }
    // What is told of tickets has tests of its own.
    this.lines = new Lines({
      store,
      streams: { append: async () => ({ created: true }) as never },
      hours: { closed: async () => [] },
      strategy: undefined,
      times: { moved: nobody, told: () => false },
      audit: { assigned: nobody },
      rows: { announcements: () => announcements as never },
      logger: consoleLogger,
      trace: undefined,
    })
  }

  get #tickets() {
    return this.#store.tickets
  }

  /** Topics and line managers; the last serves one topic alone, some have a capacity. */
  async open(): Promise<void> {
    const made = { workspace_id: this.workspaceId, fingerprint: '', client_created_at: null }
    for (const name of topics)
      await this.#store.topics.create({ ...made, name, user_id: 'root', cid: randomUUID() })
    for (const [at, user_id] of agents.entries()) {
      const figures = { positions_in_a_line: at, average_serving_time: 4, capacity: at === 0 ? null : at + 1 }
      const cid = randomUUID()
      await this.#store.lineManagers.create({ ...made, ...figures, user_id, created_by: 'root', cid })
    }
    await this.#store.lineManagers.update(this.workspaceId, 'may', { topics: ['bills'] })
    for (const user_id of agents) await this.attend(user_id, false)
  }

  async create(product: string): Promise<Ticket> {
    const made = {
      workspace_id: this.workspaceId,
      fingerprint: '',
      client_created_at: null,
      cid: randomUUID(),
    }
    const created = await this.#tickets.create({ ...made, product, user_id: 'ann', display_name: null })
    if (!('row' in created)) throw new Error('A ticket was not created')
    return created.row
  }

  attend(user_id: string, is_connected: boolean) {
    return this.#store.lineManagers.attend(this.workspaceId, user_id, { is_connected, at: isoNow() })
  }

  move: Store['tickets']['move'] extends (workspaceId: string, ...rest: infer Rest) => infer Result
    ? (...rest: Rest) => Result
    : never = (...rest) => this.#tickets.move(this.workspaceId, ...rest)

  /** What a server does each second. */
  handBack(): Promise<void> {
    const { lines, limits } = this
    const clock = { isSteadyFor: () => true, ahead: undefined }
    const { lineManagers } = this.#store
    // All who are away, each time.
    return handBackOfAbsent({ lineManagers, lines, limits, clock, lookedAt: new Map() })
  }

  async all(): Promise<Ticket[]> {
    return (await this.#tickets.list(this.workspaceId, { limit: 1_000 })).tickets
  }

  async managers() {
    return this.#store.lineManagers.list(this.workspaceId)
  }

  setPriority(ticketId: string, priority: Ticket['priority']) {
    return this.#tickets.update(this.workspaceId, ticketId, { priority })
  }

  firstInLine(products?: readonly string[]) {
    return this.#tickets.firstInLine(this.workspaceId, products)
  }
}
