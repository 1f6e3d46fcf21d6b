import {
  limits,
  type Message,
  type RoomActivity,
  streamOwner,
  type TicketActivity,
} from '@dowellchat/protocol'
import type { Logger } from '../logger.ts'
import type { Nodes } from '../nodes/nodes.ts'
import { Paced } from '../queues/paced.ts'
import {
  mostEnds,
  mostKnown,
  type StreamEnd,
  type StreamKey,
  type StreamStore,
  streamId,
  streamKeyOf,
} from '../stores/store.ts'
import type { Address } from './audience.ts'
import type { Notify } from './facts.ts'

/** The sockets of this server. */
interface Listeners {
  /** Those at an address. */
  at(address: Address): readonly { readonly id: string }[]
  readonly push: Notify
}

interface ListedRoomsParts {
  readonly store: Pick<StreamStore, 'ends' | 'grown'>
  readonly sockets: Listeners
  readonly nodes: Pick<Nodes, 'onMissed'>
  readonly logger: Logger
}

/** A room or a ticket that has new messages, and the length of its JSON. */
interface Grown {
  readonly workspace_id: string
  readonly stream: string
  readonly activity: Omit<RoomActivity, 'room'>
  readonly length: number
}

const tellMs = 1_000

/** The sockets that have a room or a ticket in their lists. */
export function listedAddress({ workspace_id, stream }: StreamKey): Address {
  return { kind: 'listed', workspace_id, stream }
}

/**
 * Tells sockets of new messages in the rooms and tickets of their lists, all of them together and at most once a second. A stream grows
 * here, or another server says so; where others are not heard the store is asked.
 */
export class ListedRooms {
  readonly #parts: ListedRoomsParts
  /** The streams that are in somebody's list here, by their ids, and the last seqs that were told; 0 before the first. */
  readonly #told = new Map<string, number>()
  readonly #grown = new Set<string>()
  #timer: NodeJS.Timeout | undefined
  #telling: Promise<void> | undefined
  readonly #asking = new Paced(tellMs, () => this.#ask())
  #isFailing = false
  #isStopped = false

  constructor(parts: ListedRoomsParts) {
    this.#parts = parts
    parts.nodes.onMissed(() => this.#asking.want())
  }

  /** Call it when a stream comes to the first list of this server. */
  listed(key: StreamKey): void {
    this.#told.set(streamId(key), 0)
  }

  /** Call it when no socket of this server has it in a list any more. */
  unlisted(key: StreamKey): void {
    this.#told.delete(streamId(key))
  }

  /** Notes what somebody was told who has asked for a list just now. */
  shown(key: StreamKey, seq: number): void {
    const id = streamId(key)
    if (this.#told.get(id) === 0) this.#told.set(id, seq)
  }

  /** A stream goes on, here or on another server. */
  grew(key: StreamKey): void {
    const id = streamId(key)
    if (!this.#told.has(id) || this.#isStopped) return
    this.#grown.add(id)
    this.#schedule()
  }

  /** Resolves once nothing is told any more. */
  async stop(): Promise<void> {
    this.#isStopped = true
    clearTimeout(this.#timer)
    await Promise.all([this.#telling, this.#asking.stop()])
  }

  #schedule(): void {
    if (this.#isStopped || this.#telling) return
    this.#timer ??= setTimeout(() => this.#begin(), tellMs).unref()
  }

  #begin(): void {
    this.#timer = undefined
    const ids = [...this.#grown]
    this.#grown.clear()
    this.#telling = this.#tell(ids).then(
      () => this.#ended(undefined),
      (error: unknown) => {
        for (const id of ids) this.#grown.add(id)
        this.#ended(error)
      },
    )
  }

  #ended(error: unknown): void {
    this.#telling = undefined
    if (error !== undefined && !this.#isFailing)
      this.#parts.logger.warn({ error }, 'New messages of listed rooms could not be told')
    this.#isFailing = error !== undefined
    if (this.#grown.size > 0) this.#schedule()
  }

  async #tell(ids: readonly string[]): Promise<void> {
    // All are read before the first is noted as told: if the store fails halfway, all are told next time.
    const ends = await this.#endsOf(ids)
    const bySocket = new Map<string, Grown[]>()
    for (const [at, end] of ends.entries()) {
      const id = ids[at] as string
      const told = this.#told.get(id)
      // Lower where the database has gone back to an earlier time.
      if (!end || told === undefined || end.head.seq === told) continue
      this.#told.set(id, end.head.seq)
      const key = streamKeyOf(id)
      // The store makes the text of a message.
      const last = end.last === null ? null : (JSON.parse(end.last) as Message)
      const grown = { ...key, activity: { head: end.head, last }, length: end.last?.length ?? 0 }
      for (const { id: socket } of this.#parts.sockets.at(listedAddress(key))) {
        const all = bySocket.get(socket)
        if (all) all.push(grown)
        else bySocket.set(socket, [grown])
      }
    }
    this.#push(bySocket)
  }

  /** Where streams end, with their last messages. */
  async #endsOf(ids: readonly string[]): Promise<(StreamEnd | null)[]> {
    const ends: (StreamEnd | null)[] = []
    for (let at = 0; at < ids.length; at += mostEnds) {
      const some = ids.slice(at, at + mostEnds)
      ends.push(...(await this.#parts.store.ends(some.map((id) => ({ ...streamKeyOf(id), withLast: true })))))
    }
    return ends
  }

  /** Those who are told of the same rooms and tickets are told together. */
  #push(bySocket: ReadonlyMap<string, readonly Grown[]>): void {
    const groups = new Map<string, { ids: string[]; all: readonly Grown[] }>()
    for (const [id, all] of bySocket) {
      // A socket is in one workspace.
      const name = [all[0]?.workspace_id, ...all.map(({ stream }) => stream)].join('\n')
      const group = groups.get(name)
      if (group) group.ids.push(id)
      else groups.set(name, { ids: [id], all })
    }
    for (const { ids, all } of groups.values()) {
      const workspace_id = all[0]?.workspace_id ?? ''
      const addresses = ids.map((id) => ({ kind: 'socket', workspace_id, id }) as const)
      for (const some of fitting(all)) this.#pushSome({ addresses }, some)
    }
  }

  #pushSome(audience: Parameters<Notify>[0], some: readonly Grown[]): void {
    const rooms: RoomActivity[] = []
    const tickets: TicketActivity[] = []
    for (const { stream, activity } of some) {
      const { kind, id } = streamOwner(stream)
      if (kind === 'ticket') tickets.push({ ticket_id: id, ...activity })
      else rooms.push({ room: id, ...activity })
    }
    if (rooms.length > 0) this.#parts.sockets.push(audience, 'room_activity', { rooms })
    if (tickets.length > 0) this.#parts.sockets.push(audience, 'ticket_activity', { tickets })
  }

  /** Asks the store which of the streams have grown. */
  async #ask(): Promise<void> {
    // What was missed is missed until the store has answered.
    await this.#askAll().catch(() => this.#asking.want())
  }

  /** One question after the other. */
  async #askAll(): Promise<void> {
    const ids = [...this.#told.keys()]
    for (let at = 0; at < ids.length && !this.#isStopped; at += mostKnown) {
      const known = ids
        .slice(at, at + mostKnown)
        .map((id) => ({ ...streamKeyOf(id), seq: this.#told.get(id) ?? 0 }))
      for (const key of await this.#parts.store.grown(known)) this.grew(key)
    }
  }
}

/** They in as many parts as needed, none of which is longer than a page. */
function fitting(all: readonly Grown[]): Grown[][] {
  const parts: Grown[][] = []
  let length = Number.POSITIVE_INFINITY
  for (const one of all) {
    // UTF-8 takes at most three bytes for each UTF-16 unit.
    length += one.length * 3
    if (length > limits.page_bytes) {
      parts.push([])
      length = one.length * 3
    }
    parts.at(-1)?.push(one)
  }
  return parts
}
