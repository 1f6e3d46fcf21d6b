const time = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' })
const weekday = new Intl.DateTimeFormat('en', { weekday: 'long', day: 'numeric', month: 'long' })
const withYear = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'long', year: 'numeric' })

const shortWeekday = new Intl.DateTimeFormat('en', { weekday: 'short' })
const shortDay = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' })
const shortDayWithYear = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' })

export function formatTime(iso: string): string {
  return time.format(new Date(iso))
}

/** `Today`, `Yesterday`, `Monday, November 2`; with the year where it is another one. */
export function formatDay(iso: string, now = new Date()): string {
  const date = new Date(iso)
  if (isSameDay(date, now)) return 'Today'
  const yesterday = new Date(now.getFullYear(), now.getMonth(), now.getDate() - 1)
  if (isSameDay(date, yesterday)) return 'Yesterday'
  return (date.getFullYear() === now.getFullYear() ? weekday : withYear).format(date)
}

/** The time of today, else the day: `09:41`, `Yesterday`, `Mon`, `Nov 2`, `Nov 2, 2025`. */
export function formatWhen(iso: string, now = new Date()): string {
  const date = new Date(iso)
  if (isSameDay(date, now)) return formatTime(iso)
  const days = (startOf(now) - startOf(date)) / 86_400_000
  if (Math.round(days) === 1) return 'Yesterday'
  if (days < 7) return shortWeekday.format(date)
  return (date.getFullYear() === now.getFullYear() ? shortDay : shortDayWithYear).format(date)
}

/** When something ends: `09:41` today, `Mon 09:41` within a week, else `Nov 2, 09:41`. */
export function formatUntil(iso: string, now = new Date()): string {
  const date = new Date(iso)
  if (isSameDay(date, now)) return formatTime(iso)
  const isSoon = startOf(date) - startOf(now) < 6.5 * 86_400_000
  return isSoon
    ? `${shortWeekday.format(date)} ${formatTime(iso)}`
    : `${shortDay.format(date)}, ${formatTime(iso)}`
}

function startOf(day: Date): number {
  return new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime()
}

export function isSameDay(a: Date, b: Date): boolean {
  return a.toDateString() === b.toDateString()
}

/** `0:07`, `12:30`, `1:00:00`. */
export function formatDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000))
  const parts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60]
  const [first = 0, ...rest] = parts[0] === 0 ? parts.slice(1) : parts
  return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':')
}

/** A topic's name as people read it: `opening_hours` is `Opening hours`. */
export function formatTopic(name: string): string {
  const words = name.replaceAll('_', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

const units = ['bytes', 'kB', 'MB', 'GB'] as const

/** `12 bytes`, `340 kB`, `2.1 MB`. */
export function sizeWords(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1)
  const size = bytes / 1_000 ** power
  return `${power > 1 && size < 10 ? size.toFixed(1) : Math.round(size)} ${units[power]}`
}
