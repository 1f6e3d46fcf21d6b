import { countedCache } from '../../counted-cache.ts'
import { type AppendTurns, type StreamKey, streamId } from '../store.ts'

/** What the store notes of its appends, and asks before the next. */
export interface Turns extends AppendTurns {
  /** This server has appended; answers whether its turn is over, and others have theirs. @param tookMs how long the insert took */
  appended(key: StreamKey, seq: number, count: number, tookMs: number): boolean
  /** Another server has appended, up to a seq. */
  met(key: StreamKey, seq: number): void
  /** Why another server may have appended since this one did, so that reading on comes first: it had a turn, or there was a pause. */
  mayHaveMissed(key: StreamKey): 'turn' | 'pause' | undefined
  /** Another server had the turn, and has not appended. */
  passed(key: StreamKey): void
  /** Notes how often servers have said of a stream that they do not get in. @param isOwn whether this one has just said so */
  contested(key: StreamKey, times: number, isOwn: boolean): void
}

interface Turn {
  /** How often servers have said that they do not get in. */
  times: number
  /** How much another server appended when it last had its turn; undefined where nobody else appends. */
  others: number | undefined
  /** How many turns others let pass since. */
  passes: number
  /** What this server has appended in its turn: how many batches that are not small, and how many entries at most in one. */
  batches: number
  largest: number
  entries: number
  spentMs: number
  /** The last entry that it appended, and when that was. */
  seq: number
  endedAt: number
  /** Until when others have the turn. */
  restUntil: number
  /** After a rest it is this server's turn. */
  state: 'own' | 'resting' | 'due'
}

const keptStreams = 10_000
const turnBatches = 3
const turnMs = 100
const [leastRestMs, longestRestMs] = [1, 150]
/** Others first have to see that it is their turn. */
const handoverShare = 1.1
/** After a pause between two appends another server may have come first. */
const pauseMs = 5
/** Of what others appended long ago more is not counted. */
const mostOthers = 200
/** Who lets so many turns pass has nothing to append. */
const mostPasses = 2

/**
 * Takes turns with other servers that append to a stream: after some batches a server rests, for about as long as the others
 * took when they last had the turn, while its own next batch grows. Nobody rests who is alone.
 */
export function takingTurns(): Turns {
  const turns = countedCache<string, Turn>(keptStreams)

  function turnOf(key: StreamKey): Turn {
    const id = streamId(key)
    const known = turns.get(id)
    if (known) return known
    const turn = newTurn()
    turns.set(id, turn)
    return turn
  }

  return {
    wait(key) {
      const turn = turns.get(streamId(key))
      if (turn?.state !== 'resting') return undefined
      const waitMs = turn.restUntil - performance.now()
      return waitMs > 0 ? new Promise((resolve) => setTimeout(resolve, waitMs)) : undefined
    },

    appended(key, seq, count, tookMs) {
      const turn = turnOf(key)
      if (turn.state !== 'own') begin(turn)
      turn.seq = seq
      // What has come first after a batch is often a small one.
      turn.largest = Math.max(turn.largest, count)
      if (count > turn.largest / 2) turn.batches += 1
      turn.entries += count
      turn.spentMs += tookMs
      turn.endedAt = performance.now()
      const isOver = turn.batches >= turnBatches || turn.spentMs >= turnMs
      if (!isOver) return false
      const { others } = turn
      if (others === undefined) begin(turn)
      else rest(turn, others * handoverShare)
      return others !== undefined
    },

    met(key, seq) {
      const turn = turnOf(key)
      turn.others = Math.min(seq - turn.seq, mostOthers)
      turn.passes = 0
      const hasBegun = turn.state === 'own' && turn.entries > 0
      const isCut = hasBegun && performance.now() - turn.endedAt < longestRestMs
      if (isCut) rest(turn, turn.others)
      else turn.state = 'due'
    },

    mayHaveMissed(key) {
      const turn = turns.get(streamId(key))
      if (!turn || turn.others === undefined) return undefined
      if (turn.state === 'resting') return 'turn'
      return performance.now() - turn.endedAt > pauseMs ? 'pause' : undefined
    },

    passed(key) {
      const turn = turnOf(key)
      begin(turn)
      turn.passes += 1
      if (turn.passes >= mostPasses) turn.others = undefined
    },

    contested(key, times, isOwn) {
      const turn = turnOf(key)
      if (!isOwn && turn.times >= 0 && times > turn.times) {
        turn.others ??= turn.entries
        turn.passes = 0
      }
      turn.times = Math.max(times, turn.times)
    },
  }
}

function newTurn(): Turn {
  const own = { batches: 0, largest: 0, entries: 0, spentMs: 0, seq: 0, endedAt: Number.NEGATIVE_INFINITY }
  return { times: -1, others: undefined, passes: 0, ...own, restUntil: 0, state: 'own' }
}

function begin(turn: Turn): void {
  Object.assign(turn, { state: 'own', batches: 0, largest: 0, entries: 0, spentMs: 0 })
}

/** Rests for as long as it would take to append so many entries, and for one batch at least. */
function rest(turn: Turn, entries: number): void {
  const oneMs = turn.spentMs / turn.entries
  const batchMs = turn.spentMs / Math.max(turn.batches, 1)
  const restMs = Math.min(Math.max(entries * oneMs, batchMs, leastRestMs), longestRestMs)
  turn.state = 'resting'
  turn.restUntil = performance.now() + restMs
}
