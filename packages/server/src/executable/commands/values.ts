import { StartError } from '../../errors.ts'

const mostDigits = 15

/** Reads the value of an option. @throws StartError where it is none */
export function wholeNumberOf(option: string, text: string): number {
  if (/^\d+$/.test(text) && text.length <= mostDigits) return Number(text)
  throw new StartError(`${option}: expected a whole number, got ${text}`)
}

/** Reads a time in any form that names its day. @throws StartError where it is none, as with the 31st of November */
export function timeOf(option: string, text: string): string {
  const [, day] = /^(\d{4}-\d\d-\d\d)(?:T[\d:.]+(?:Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? []
  const time = new Date(text)
  if (day !== undefined && isDay(day) && !Number.isNaN(time.getTime())) return time.toISOString()
  throw new StartError(`${option}: expected a time such as 2027-01-31 or 2027-01-31T12:00:00Z, got ${text}`)
}

/** `Date` takes a day after a month's last for one of the next month. */
function isDay(day: string): boolean {
  const time = new Date(day)
  return !Number.isNaN(time.getTime()) && time.toISOString().startsWith(day)
}
