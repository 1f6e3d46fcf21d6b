import { soon } from './soon.ts'

export type PeerState = 'new' | 'connecting' | 'connected' | 'disconnected' | 'failed' | 'closed'

/** A connection as the network sees it. */
interface End<Self> {
  readonly id: string
  readonly connectionState: PeerState
  /** The way to it that it has described, and the one that the other has. */
  readonly way?: string | undefined
  readonly remoteWay?: string | undefined
  setState(state: PeerState): void
  flow(other: Self | undefined): void
}

/** What is between the fake connections of a process. */
export class FakeNetwork<Peer extends End<Peer>> {
  /** Seconds there and back. */
  roundTrip = 0.05
  /** Those that are not closed. */
  readonly #peers = new Map<string, Peer>()
  readonly #cut = new Set<Peer>()
  #isCut = false
  /** The ways that lead nowhere any more. */
  readonly #lost = new Set<string>()
  #count = 0

  get peers(): Peer[] {
    return [...this.#peers.values()]
  }

  nextId(): string {
    this.#count += 1
    return `peer${this.#count}`
  }

  add(peer: Peer): void {
    this.#peers.set(peer.id, peer)
  }

  remove(peer: Peer): void {
    this.#peers.delete(peer.id)
    this.#cut.delete(peer)
    this.look()
  }

  /** Cuts these off; everybody, also who comes later, if there are none given. */
  cut(peers?: readonly Peer[]): void {
    if (!peers) this.#isCut = true
    for (const peer of peers ?? []) this.#cut.add(peer)
    this.look()
  }

  restore(): void {
    this.#isCut = false
    this.#cut.clear()
    this.look()
  }

  /** Lets the ways of these lead nowhere, so that they need others. */
  lose(peers: Iterable<Peer>): void {
    for (const peer of peers) if (peer.way) this.#lost.add(peer.way)
    this.look()
  }

  /** The connection at the other end, once both have described themselves to each other. */
  otherOf(peer: Peer): Peer | undefined {
    const other = this.#peers.get(idIn(peer.remoteWay))
    return other && idIn(other.remoteWay) === peer.id ? other : undefined
  }

  /** Whether anything gets from one end to the other. */
  isFlowing(peer: Peer): boolean {
    const other = this.otherOf(peer)
    return other !== undefined && [peer, other].every(({ connectionState: state }) => state === 'connected')
  }

  /** Something has changed: brings all connections up to date, in a moment. */
  look(): void {
    soon(() => {
      for (const peer of this.peers) peer.setState(this.#stateOf(peer))
      for (const peer of this.peers) peer.flow(this.isFlowing(peer) ? this.otherOf(peer) : undefined)
    })
  }

  #stateOf(peer: Peer): PeerState {
    const before = peer.connectionState
    const other = this.otherOf(peer)
    if (!peer.way) return before
    const ends = other ? [peer, other] : [peer]
    if (ends.some(({ way }) => way && this.#lost.has(way))) return 'failed'
    const isCut = this.#isCut || ends.some((one) => this.#cut.has(one))
    if (isCut && before === 'connected') return 'disconnected'
    // Who is gone is missed after seconds only.
    if (isCut || !other) return before === 'new' ? 'connecting' : before
    return 'connected'
  }
}

/** Whose end of a way it is. */
const idIn = (way = ''): string => way.split('/')[0] ?? ''
