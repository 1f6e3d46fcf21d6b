import type { Head } from '@dowellchat/protocol'
import { firstSeq, type Log } from './log.ts'
import { timeOf } from './removal.ts'

/** What a planner asks of a single entry. */
export interface Place {
  readonly id: string
  readonly nth: number
}

/**
 * A planner. It yields a seq to ask for the entry there, and resumes with that entry's place, or with undefined if there is
 * no entry. So it serves stores that answer at once (`runPlanner`) and stores that answer later (`runPlannerAsync`).
 */
export type Planner<Plan> = Generator<number, Plan, Place | undefined>

export function runPlanner<Plan>(planner: Planner<Plan>, placeAt: (seq: number) => Place | undefined): Plan {
  let step = planner.next()
  while (!step.done) step = planner.next(placeAt(step.value))
  return step.value
}

export async function runPlannerAsync<Plan>(
  planner: Planner<Plan>,
  placeAt: (seq: number) => Promise<Place | undefined>,
): Promise<Plan> {
  let step = planner.next()
  while (!step.done) step = planner.next(await placeAt(step.value))
  return step.value
}

/** The nth of the message that comes next. */
export function nextNth({ head }: Log): number {
  return head.nth + 1
}

/** A message whose place is known. */
type Near = Pick<Head, 'seq' | 'nth'>

/** Seqs between which an entry is: the first one of which something holds is one of them. */
interface Bounds {
  readonly low: number
  readonly high: number
}

/**
 * The seq of the `nth` message. For the first one that the log still has, or a removed one, the log's first seq; for one that
 * does not exist yet, the seq after the head.
 * @param near a message whose seq is known, not far from it
 */
export function* seqOf(log: Log, nth: number, near?: Near): Planner<number> {
  const { pruned, head } = log
  if (nth <= pruned.nth + 1) return firstSeq(log)
  if (nth > head.nth) return head.seq + 1
  // From one entry to the next nth rises by 1 or stays the same. If all entries are messages, both bounds are equal.
  const bounds = { low: pruned.seq + (nth - pruned.nth), high: head.seq - (head.nth - nth) }
  return yield* bisect(nth, near ? yield* narrow(nth, bounds, near) : bounds)
}

/** As `seqOf`; where no such message exists yet, the seq after the head, also if the log has no message at all. */
export function* endOf(log: Log, nth: number, near: Near): Planner<number> {
  return nth > log.head.nth ? log.head.seq + 1 : yield* seqOf(log, nth, near)
}

function* bisect(nth: number, from: Bounds): Planner<number> {
  let bounds = from
  while (bounds.low < bounds.high) {
    const middle = Math.floor((bounds.low + bounds.high) / 2)
    bounds = closer(nth, bounds, middle, yield middle)
  }
  return bounds.low
}

/** Looks further and further from the message that is near: few entries are no messages, so this is soon over. */
function* narrow(nth: number, { low, high }: Bounds, near: Near): Planner<Bounds> {
  const nearest = near.seq + (nth - near.nth)
  const isNewer = nth > near.nth
  let bounds = isNewer ? { low: Math.max(low, nearest), high } : { low, high: Math.min(high, nearest) }
  for (let step = 1; bounds.low < bounds.high; step *= 2) {
    const at = isNewer
      ? Math.min(bounds.low + step - 1, bounds.high)
      : Math.max(bounds.high - step, bounds.low)
    const place = yield at
    bounds = closer(nth, bounds, at, place)
    const isPassed = isAtOrAfter(place, nth) === isNewer
    if (isPassed) break
  }
  return bounds
}

/**
 * Where a message is, once the entry at a seq is known. That tells how many messages too early or too late it is, and each of
 * them is an entry: what remains in between are mostly entries that are no messages.
 */
function closer(nth: number, { low, high }: Bounds, seq: number, place: Place | undefined): Bounds {
  if (!place) return { low: seq + 1, high }
  const off = place.nth - nth
  return off < 0 ? { low: seq - off, high } : { low, high: seq - off }
}

/** An entry that is missing was removed meanwhile, and so were all older ones. */
function isAtOrAfter(place: Place | undefined, nth: number): boolean {
  return place !== undefined && place.nth >= nth
}

/** How far an entry may be from where its id belongs: the clocks of several servers differ. */
const idsApart = 100

/**
 * Where an entry is to be looked for of which only the id is known: ids of version 7 rise with their entries, as far as the
 * servers' clocks agree. Undefined for another id.
 */
export function* placeOfId(log: Log, id: string): Planner<{ low: number; high: number } | undefined> {
  if (timeOf(id) === 0) return undefined
  const last = log.head.seq
  let [low, high] = [firstSeq(log), last]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const place = yield middle
    if (place && place.id >= id) high = middle
    else low = middle + 1
  }
  return { low: Math.max(low - idsApart, firstSeq(log)), high: Math.min(low + idsApart, last) }
}

/**
 * The seq of the last entry whose id is from before a time: ids of version 7 rise with their entries, as far as the servers'
 * clocks agree. What retention has removed is from before.
 */
export function* lastBefore(log: Log, time: number): Planner<number> {
  let [low, high] = [firstSeq(log), log.head.seq + 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const place = yield middle
    if (place && timeOf(place.id) >= time) high = middle
    else low = middle + 1
  }
  return low - 1
}
