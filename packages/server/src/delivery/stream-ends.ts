import type { Entry, StreamHead } from '@dowellchat/protocol'
import { LRUCache } from 'lru-cache'
import { type KnownEnd, streamKeyOf } from '../stores/store.ts'
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

const followedStreams = 50_000

/**
 * Where streams end, as far as this node has broadcast them. What other nodes append counts once this node has broadcast it
 * too: until then its sockets miss nothing that they could be told of.
 */
export class StreamEnds {
  readonly #ends = new LRUCache<string, End>({ max: followedStreams })
  #tick = 0
  #changedAt = -1

  has(id: string): boolean {
    return this.#ends.has(id)
  }

  /** The streams that are followed now. */
  ids(): string[] {
    return [...this.#ends.keys()]
  }

  /** A stream and its last seq that was broadcast, as long as it is followed. */
  known(id: string): KnownEnd | undefined {
    const end = this.#ends.peek(id)
    return end && { ...streamKeyOf(id), seq: end.seq }
  }

  /** The last seq that was broadcast; undefined if the stream is not followed. */
  seq(id: string): number | undefined {
    return this.#ends.get(id)?.seq
  }

  /** Begins to follow a stream. */
  follow(id: string, seq: number): End {
    const end: End = { seq, changedAt: -1, epoch: '', nth: 0, id: null, text: undefined }
    this.#ends.set(id, end)
    return end
  }

  /** Notes that entries were broadcast, of which this is the last. */
  advance(id: string, epoch: string, { seq, nth, _id }: Entry): void {
    const end = this.#ends.get(id) ?? this.follow(id, seq)
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
    const end = this.#ends.peek(id)
    if (!end || end.changedAt < since || end.changedAt > until) return undefined
    end.text ??= new Encoded(JSON.stringify(headOf(stream, end)))
    return end.text
  }
}

function headOf(stream: string, { epoch, seq, nth, id }: End): StreamHead {
  return { stream, epoch, head: { seq, nth, id } }
}
