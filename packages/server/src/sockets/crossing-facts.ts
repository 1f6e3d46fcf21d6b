import type { Audience } from '../delivery/audience.ts'
import { isBusFact, readFact } from '../delivery/bus-facts.ts'
import type { Facts, Notify } from '../delivery/facts.ts'
import type { Nodes } from '../nodes/nodes.ts'

interface CrossingParts {
  readonly nodes: Pick<Nodes, 'tell' | 'on' | 'ignore'>
  /** This server's. */
  readonly sockets: { readonly push: Notify; enterCall(to: Audience): void }
  /** Called for each fact before this server's sockets get it. */
  onFact(to: Audience, fact: keyof Facts, data: unknown): void
}

/** Sends facts to the sockets of all servers, those of calls and the like over the bus. */
export class CrossingFacts {
  readonly #parts: CrossingParts

  constructor(parts: CrossingParts) {
    this.#parts = parts
    parts.nodes.on('fact', (sent) => this.#take(sent))
  }

  /** Sends a fact to this server's sockets and, where it travels over the bus, to those of the others. */
  readonly push: Notify = (to, fact, data) => {
    const { nodes, sockets } = this.#parts
    this.#parts.onFact(to, fact, data)
    sockets.push(to, fact, data)
    if (isBusFact(fact) && to.addresses.length > 0) nodes.tell('fact', { to, fact, data })
  }

  #take({ to, fact, data }: { to?: unknown; fact: string; data?: unknown }): void {
    const { nodes, sockets } = this.#parts
    const read = readFact({ to, fact, data })
    if (!read) {
      nodes.ignore()
      return
    }
    // Before they hear of it, since they may leave at once.
    if (read.fact === 'callUser') sockets.enterCall(read.to)
    this.#parts.onFact(read.to, read.fact, read.data)
    sockets.push(read.to, read.fact, read.data)
  }
}
