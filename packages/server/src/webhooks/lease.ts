import type { Nodes } from '../nodes/nodes.ts'
import type { LeaseStore } from '../stores/store.ts'

/** For so long a server trusts what it has last read of its lease. */
const trustMs = 5_000
/** A server that starts may not know yet that another one lives: for so long it looks. */
const patienceMs = 2_000

/** The right of one server of those on a store to do something. One that has ended loses it to another. */
export class Lease {
  readonly #name: string
  readonly #store: LeaseStore | undefined
  readonly #nodes: Pick<Nodes, 'id' | 'others'>
  #readAt = Number.NEGATIVE_INFINITY
  /** Who has it and seems to be gone, and since when. */
  #gone: { readonly holder: string; readonly since: number } | undefined

  /** @param store missing where no other server can be on the store: then it is this server's */
  constructor(name: string, store: LeaseStore | undefined, nodes: Pick<Nodes, 'id' | 'others'>) {
    this.#name = name
    this.#store = store
    this.#nodes = nodes
  }

  /** Whether it was this server's a moment ago. */
  get isHeld(): boolean {
    return !this.#store || performance.now() - this.#readAt < trustMs
  }

  /** Looks whose it is, and takes it where it is nobody's. */
  async hold(): Promise<boolean> {
    if (!this.#store) return true
    const at = performance.now()
    const holder = await this.#store.holder(this.#name)
    const isOwn = holder === this.#nodes.id || (await this.#take(holder))
    this.#readAt = isOwn ? at : Number.NEGATIVE_INFINITY
    return isOwn
  }

  /** Gives it back. */
  async end(): Promise<void> {
    this.#readAt = Number.NEGATIVE_INFINITY
    await this.#store?.pass(this.#name, this.#nodes.id, null)
  }

  async #take(holder: string | null): Promise<boolean> {
    const { id, others } = this.#nodes
    if (holder !== null && others.includes(holder)) {
      this.#gone = undefined
      return false
    }
    const now = performance.now()
    if (holder !== null && this.#gone?.holder !== holder) this.#gone = { holder, since: now }
    if (holder !== null && now - (this.#gone?.since ?? now) < patienceMs) return false
    return (await this.#store?.pass(this.#name, holder, id)) ?? false
  }
}
