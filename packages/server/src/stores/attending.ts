import type { Attendance, LineManagerChange, Serving } from './domains/line-managers.ts'
import type { LineManagerRow } from './fields/line-managers.ts'

/** What coming, going and choosing change of a line manager's row. */
export type AttendedRow = Pick<
  LineManagerRow,
  'availability' | 'is_unmanaged' | 'is_connected' | 'chosen' | 'offline_since'
>

/** A line manager who has come, gone or chosen: there while connected, if they have not chosen otherwise. */
export function attendedRow(row: AttendedRow, { is_connected, chosen, at }: Attendance): AttendedRow {
  const left = { is_connected: is_connected ?? row.is_connected, chosen: chosen ?? row.chosen }
  const availability = left.is_connected ? (left.chosen ?? 'online') : 'offline'
  const offline_since = availability === 'offline' ? (row.offline_since ?? at) : null
  return { ...left, availability, is_unmanaged: false, offline_since }
}

/** A line manager after a change; whoever is unmanaged counts as online. */
export function updatedRow(row: LineManagerRow, change: LineManagerChange): LineManagerRow {
  const isReleased = change.is_unmanaged === true
  return { ...row, ...change, ...(isReleased && { availability: 'online', offline_since: null }) }
}

/** What one more ticket counts at least: those of long ago fade. */
const leastShare = 0.05
/** Topics of one line manager that are observed. */
const mostObserved = 100

type Observed = Omit<Serving, 'user_id'>

/** One more ticket that took so many minutes: mean and variance in which each counts a twentieth less than the one after it (West, 1979). */
function oneMore(before: Observed | undefined, minutes: number): Observed {
  if (!before) return { count: 1, mean: minutes, variance: 0 }
  const count = before.count + 1
  const share = Math.max(1 / count, leastShare)
  const off = minutes - before.mean
  return {
    count,
    mean: before.mean + share * off,
    variance: (1 - share) * (before.variance + share * off ** 2),
  }
}

/** What is observed of a line manager, by topic, after one more ticket; whoever has very many topics loses the oldest. */
export function observedText(
  { serving_text }: Pick<LineManagerRow, 'serving_text'>,
  product: string,
  minutes: number,
): string {
  const observed = observedIn(serving_text)
  const more = oneMore(observed.get(product), minutes)
  observed.delete(product)
  const kept = [...observed].slice(1 - mostObserved)
  return JSON.stringify(Object.fromEntries([...kept, [product, more]]))
}

function observedIn(serving_text: string): Map<string, Observed> {
  // A text that `observedText` has made.
  return new Map(Object.entries(JSON.parse(serving_text) as Record<string, Observed>))
}

/** What was observed of a line manager at a topic; null where nothing was. */
export function servingOf(
  { user_id, serving_text }: Pick<LineManagerRow, 'user_id' | 'serving_text'>,
  product: string,
): Serving | null {
  const observed = observedIn(serving_text).get(product)
  return observed ? { user_id, ...observed } : null
}

/** Whether a line manager gets tickets of a topic by themselves. */
export function serves(
  { is_active, availability, topics }: Pick<LineManagerRow, 'is_active' | 'availability' | 'topics'>,
  product: string,
): boolean {
  return is_active && availability === 'online' && (topics === null || topics.includes(product))
}

/** What was observed of a line manager at all topics together; null where nothing was. */
export function servingOfAll({
  user_id,
  serving_text,
}: Pick<LineManagerRow, 'user_id' | 'serving_text'>): Serving | null {
  const all = [...observedIn(serving_text).values()]
  const count = all.reduce((sum, one) => sum + one.count, 0)
  if (count === 0) return null
  const share = (value: (one: Observed) => number) =>
    all.reduce((sum, one) => sum + (value(one) * one.count) / count, 0)
  const mean = share((one) => one.mean)
  return { user_id, count, mean, variance: share((one) => one.variance + (one.mean - mean) ** 2) }
}
