/** Instants are milliseconds since 1970; wall times too, as if the zone was UTC. */
const dayMs = 86_400_000
const minuteMs = 60_000
const keptZones = 500
const formats = new Map<string, Intl.DateTimeFormat>()

/** What the clocks of a time zone show at an instant. */
export function wallTimeOf(zone: string, at: number): number {
  const parts = formatOf(zone).formatToParts(at)
  const [year = 0, month = 1, day, hour, minute, second] = [
    'year',
    'month',
    'day',
    'hour',
    'minute',
    'second',
  ].map((type) => Number(parts.find((part) => part.type === type)?.value))
  const ms = ((at % 1_000) + 1_000) % 1_000
  return Date.UTC(year, month - 1, day, hour, minute, second, ms)
}

/**
 * When clocks show a wall time: the first and the last of two instants where they are set back over it, and twice the instant
 * of the change where they are set forward over it.
 */
export function instantsOf(zone: string, wall: number): { readonly first: number; readonly last: number } {
  const offsetAt = (at: number) => wallTimeOf(zone, at) - at
  const [before, after] = [offsetAt(wall - dayMs), offsetAt(wall + dayMs)]
  if (before === after) return { first: wall - before, last: wall - before }
  const candidates = [wall - before, wall - after]
  const shown = candidates.filter((at) => wallTimeOf(zone, at) === wall)
  if (shown.length > 0) return { first: Math.min(...shown), last: Math.max(...shown) }
  const change = changeBetween(zone, Math.min(...candidates), Math.max(...candidates))
  return { first: change, last: change }
}

/** The minute from which clocks show another offset. */
function changeBetween(zone: string, from: number, until: number): number {
  const offsetAt = (at: number) => wallTimeOf(zone, at) - at
  const before = offsetAt(from)
  let [low, high] = [Math.floor(from / minuteMs), Math.ceil(until / minuteMs)]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle * minuteMs) === before) low = middle
    else high = middle
  }
  return high * minuteMs
}

/** Making one takes a hundred times longer than using it. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  if (formats.size >= keptZones) formats.clear()
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, format)
  return format
}
