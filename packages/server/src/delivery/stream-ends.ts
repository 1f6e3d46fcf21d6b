import type { Entry, StreamHead } from '@dowellchat/protocol'
import type { LRUCache } from 'lru-cache'
import { countedCache } from '../counted-cache.ts'
import { type KnownEnd, type StreamKey, streamKeyOf } from '../stores/store.ts'
import { Encoded } from './encoded.ts'

interface End {
  seq: number
  /** The tick in which it was broadcast; -1 if nothing was. */
  changedAt: number
  epoch: string
  nth: number
  id: string | null
  /** The head as it travels, made when it is first asked for. */
  text: Encoded<StreamHead> | undefined
}

const mostUnheard = 50_000

/**
 * Where streams end, as far as this node has broadcast them. What other nodes append counts once this node has broadcast it
 * too: until then its sockets miss nothing that they could be told of. A stream is followed as long as a socket is subscribed
 * to it; of the others those that were used last are.
 */
export class StreamEnds {
  /** How many socket.io rooms each stream has here: one in each dialect in which somebody is subscribed. */
  readonly #rooms = new Map<string, number>()
  readonly #heard = new Map<string, End>()
  readonly #unheard: LRUCache<string, End>
  #tick = 0
  #changedAt = -1

  /** @param most how many streams it keeps that no socket of this server is subscribed to */
  constructor(most = mostUnheard) {
    this.#unheard = countedCache(most)
  }

  has(id: string): boolean {
    return this.#heard.has(id) || this.#unheard.has(id)
  }

  /** Whether a stream is followed and a socket subscribed to it, so that nothing of it stays unnoticed. */
  isHeard(id: string): boolean {
    return this.#heard.has(id)
  }

  /** The streams that are followed and that sockets are subscribed to. */
  ids(): string[] {
    return [...this.#heard.keys()]
  }

  /** Streams that sockets are subscribed to and that are not followed, since the store could not say where they end. */
  unfollowed(): StreamKey[] {
    if (this.#rooms.size === this.#heard.size) return []
    return [...this.#rooms.keys()].filter((id) => !this.#heard.has(id)).map(streamKeyOf)
  }

  /** A stream and its last seq that was broadcast, as long as it is followed. */
  known(id: string): KnownEnd | undefined {
    const end = this.#peek(id)
    return end && { ...streamKeyOf(id), seq: end.seq }
  }

  /** The last seq that was broadcast; undefined if the stream is not followed. */
  seq(id: string): number | undefined {
    return this.#get(id)?.seq
  }

  /** Begins to follow a stream. */
  follow(id: string, seq: number): End {
    const end: End = { seq, changedAt: -1, epoch: '', nth: 0, id: null, text: undefined }
    this.#keep(id, end)
    return end
  }

  /**
   * Passes over what others have appended to a stream, up to a head that was read, where no socket is subscribed to it; false
   * where one is.
   */
  pass(id: string, head: number): boolean {
    if (this.#rooms.has(id)) return false
    const end = this.#unheard.peek(id)
    if (end && head > end.seq) this.follow(id, head)
    return true
  }

  /** Stops following a stream, where no socket is subscribed to it; false where one is. */
  letGo(id: string): boolean {
    if (this.#rooms.has(id)) return false
    this.#unheard.delete(id)
    return true
  }

  /** Notes that a stream has a room more; answers whether it is followed. */
  hear(id: string): boolean {
    this.#rooms.set(id, (this.#rooms.get(id) ?? 0) + 1)
    const end = this.#unheard.peek(id)
    if (end) {
      this.#unheard.delete(id)
      this.#keep(id, end)
    }
    return this.#heard.has(id)
  }

  /** Notes that a stream has a room less. */
  unhear(id: string): void {
    const rooms = (this.#rooms.get(id) ?? 0) - 1
    if (rooms > 0) {
      this.#rooms.set(id, rooms)
      return
    }
    this.#rooms.delete(id)
    const end = this.#heard.get(id)
    this.#heard.delete(id)
    if (end) this.#keep(id, end)
  }

  /** Notes that entries were broadcast, of which this is the last. */
  advance(id: string, epoch: string, { seq, nth, _id }: Entry): void {
    const end = this.#get(id) ?? this.follow(id, seq)
    end.seq = seq
    end.changedAt = this.#tick
    end.epoch = epoch
    end.nth = nth
    end.id = _id
    end.text = undefined
    this.#changedAt = this.#tick
  }

  /** Begins the next tick; answers its number. */
  nextTick(): number {
    this.#tick += 1
    return this.#tick
  }

  /** Whether any stream has changed since a tick began. */
  hasChanged(since: number): boolean {
    return this.#changedAt >= since
  }

  /** Where a stream ends, if something was broadcast in these ticks, both included. */
  head(id: string, stream: string, since: number, until: number): Encoded<StreamHead> | undefined {
    const end = this.#peek(id)
    if (!end || end.changedAt < since || end.changedAt > until) return undefined
    end.text ??= new Encoded(JSON.stringify(headOf(stream, end)))
    return end.text
  }

  #get(id: string): End | undefined {
    return this.#heard.get(id) ?? this.#unheard.get(id)
  }

  #peek(id: string): End | undefined {
    return this.#heard.get(id) ?? this.#unheard.peek(id)
  }

  #keep(id: string, end: End): void {
    if (this.#rooms.has(id)) this.#heard.set(id, end)
    else this.#unheard.set(id, end)
  }
}

function headOf(stream: string, { epoch, seq, nth, id }: End): StreamHead {
  return { stream, epoch, head: { seq, nth, id } }
}
