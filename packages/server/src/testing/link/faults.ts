import { setTimeout as pause } from 'node:timers/promises'
import { kindOf, type PacketKind, type Side } from './packets.ts'

/** One kind of packets, or several. */
export type Kinds = PacketKind | readonly PacketKind[]

/** How often something happens to packets of a kind, from 0 to 1. */
export type Shares = { readonly [K in PacketKind]?: number }

/** What happens at random. What is left out does not happen. */
export interface RandomFaults {
  readonly drop?: Shares
  readonly duplicate?: Shares
  /** A packet waits until the next one of its kind and connection has passed. */
  readonly reorder?: Shares
}

/** Milliseconds, or a range to choose from at random. */
export type Delay = number | { readonly min: number; readonly max: number }

export type FaultName = keyof RandomFaults

interface Planned {
  readonly fault: FaultName
  readonly kinds: readonly PacketKind[]
  readonly match: string
  readonly onDone: () => void
}

/** The faults that a link's packets meet. */
export class Faults {
  readonly #random: () => number
  readonly #planned: Planned[] = []
  #rates: RandomFaults = {}
  #delay: Delay = 0

  constructor(random: () => number) {
    this.#random = random
  }

  /** Plans a fault for the next packet of these kinds that has the text. Resolves when it has happened. */
  plan(fault: FaultName, kind: Kinds, match = ''): Promise<void> {
    const kinds = typeof kind === 'string' ? [kind] : kind
    return new Promise((onDone) => this.#planned.push({ fault, kinds, match, onDone }))
  }

  randomly(rates: RandomFaults): void {
    this.#rates = rates
  }

  delay(delay: Delay): void {
    this.#delay = delay
  }

  /** How long a packet takes. */
  delayMs(): number {
    const delay = this.#delay
    return typeof delay === 'number' ? delay : delay.min + this.#random() * (delay.max - delay.min)
  }

  /** What happens to a packet, and whom to tell; undefined: nothing. */
  next(kind: PacketKind, text: string): Omit<Planned, 'kinds' | 'match'> | undefined {
    const at = this.#planned.findIndex((one) => one.kinds.includes(kind) && text.includes(one.match))
    if (at >= 0) return this.#planned.splice(at, 1)[0]
    for (const fault of ['drop', 'duplicate', 'reorder'] as const) {
      const share = this.#rates[fault]?.[kind] ?? 0
      if (share > 0 && this.#random() < share) return { fault, onDone() {} }
    }
    return undefined
  }
}

interface Held {
  readonly text: string
  readonly kind: PacketKind
  readonly onDone: () => void
}

/** One direction of one connection. */
export class Lane {
  readonly #faults: Faults
  readonly #from: Side
  #held: Held | undefined
  #turn = Promise.resolve()

  constructor(faults: Faults, from: Side) {
    this.#faults = faults
    this.#from = from
  }

  /** What comes out of the packets that went in, after their delay and never before earlier ones. */
  async pass(packets: readonly string[]): Promise<string[]> {
    const out = packets.flatMap((packet) => this.#sift(packet))
    const ms = this.#faults.delayMs()
    const due = ms > 0 ? pause(ms) : undefined
    this.#turn = this.#turn.then(() => due)
    await this.#turn
    return out
  }

  #sift(text: string): string[] {
    const kind = kindOf(text, this.#from)
    if (!kind) return [text]
    const next = this.#faults.next(kind, text)
    if (next?.fault === 'drop') {
      next.onDone()
      return []
    }
    if (next?.fault === 'reorder' && !this.#held) {
      this.#held = { text, kind, onDone: next.onDone }
      return []
    }
    next?.onDone()
    const passed = next?.fault === 'duplicate' ? [text, text] : [text]
    return [...passed, ...this.#release(kind)]
  }

  #release(kind: PacketKind): string[] {
    const held = this.#held
    if (held?.kind !== kind) return []
    this.#held = undefined
    held.onDone()
    return [held.text]
  }
}

/** Both directions of one connection. */
export interface Lanes {
  readonly toServer: Lane
  readonly toClient: Lane
}

export function createLanes(faults: Faults): Lanes {
  return { toServer: new Lane(faults, 'client'), toClient: new Lane(faults, 'server') }
}
