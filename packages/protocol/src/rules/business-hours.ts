import { instantsOf, wallTimeOf } from './zoned-time.ts'

/** `BusinessHours` of a topic. */
interface Hours {
  readonly time_zone: string
  readonly openings: readonly { readonly day: number; readonly from: number; readonly until: number }[]
}

const minuteMs = 60_000
const dayMs = 86_400_000
const weekMs = 7 * dayMs
/** How far an opening is looked for; each day of the week comes several times. */
const lookedAtDays = 32

/** What is wrong with business hours; undefined if nothing is. */
export function hoursProblem({ time_zone, openings }: Hours): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: time_zone })
  } catch {
    return `time_zone: expected an IANA name, such as Europe/Berlin, and not ${time_zone}`
  }
  const backwards = openings.find(({ from, until }) => from >= until)
  return backwards && 'openings: expected each to begin before it ends'
}

/** Whether it is open at a time. @param hours null: always */
export function isOpen(hours: Hours | null, at: string): boolean {
  return hours === null || opensAt(hours, at) === at
}

/** When it opens next: at that time itself where it is open then, null where it never opens. */
export function opensAt(hours: Hours | null, at: string): string | null {
  if (hours === null) return at
  const now = Date.parse(at)
  for (const { from, until } of spansFrom(hours, now))
    if (until > now) return from <= now ? at : new Date(from).toISOString()
  return null
}

/**
 * The time after so many minutes in which it is open; null where it never opens, or that is not before the year 10000. Of what is longer than two weeks of openings, whole weeks
 * are as long as clocks show them, also those in which clocks are changed.
 */
export function addBusinessMinutes(hours: Hours | null, from: string, minutes: number): string | null {
  const begin = Date.parse(from)
  if (hours === null) return new Date(begin + minutes * minuteMs).toISOString()
  const inWeek = minutesInWeek(hours)
  if (inWeek === 0) return null
  const weeks = Math.max(0, Math.floor(minutes / inWeek) - 1)
  const { time_zone } = hours
  let at = weeks === 0 ? begin : instantsOf(time_zone, wallTimeOf(time_zone, begin) + weeks * weekMs).first
  let leftMs = (minutes - weeks * inWeek) * minuteMs
  for (const span of spansFrom(hours, at)) {
    const start = Math.max(at, span.from)
    if (span.until <= start) continue
    if (leftMs <= span.until - start) return timeAt(start + leftMs)
    leftMs -= span.until - start
    at = span.until
  }
  return null
}

/** Years of more than four digits have another form, which is no time of the contract and sorts before all others. */
function timeAt(ms: number): string | null {
  return ms < Date.UTC(10_000, 0) ? new Date(ms).toISOString() : null
}

/** Instants, the end excluded. */
interface Span {
  readonly from: number
  readonly until: number
}

/** When it is open, in the order of the beginnings, from the day before an instant on. */
function* spansFrom({ time_zone, openings }: Hours, at: number): Generator<Span> {
  const sorted = [...openings].sort((one, other) => one.from - other.from)
  const today = Math.floor(wallTimeOf(time_zone, at) / dayMs)
  for (let day = today - 1; day < today + lookedAtDays; day++) {
    const midnight = day * dayMs
    const weekday = new Date(midnight).getUTCDay()
    for (const opening of sorted) {
      if (opening.day !== weekday) continue
      const from = instantsOf(time_zone, midnight + opening.from * minuteMs).first
      const until = instantsOf(time_zone, midnight + opening.until * minuteMs).last
      if (from < until) yield { from, until }
    }
  }
}

/** Openings that overlap count once. */
function minutesInWeek({ openings }: Hours): number {
  const inOrder = [...openings].sort((one, other) => one.day - other.day || one.from - other.from)
  let [minutes, end] = [0, 0]
  for (const { day, from, until } of inOrder) {
    const [begin, close] = [day * 1_440 + from, day * 1_440 + until]
    minutes += Math.max(0, close - Math.max(begin, end))
    end = Math.max(end, close)
  }
  return minutes
}
