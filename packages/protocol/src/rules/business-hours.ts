import type { BusinessHours } from '../topics.ts'

/** What is wrong with business hours; undefined if nothing is. */
export function hoursProblem({ time_zone, openings }: BusinessHours): string | undefined {
  try {
    new Intl.DateTimeFormat('en', { timeZone: time_zone })
  } catch {
    return `time_zone: expected an IANA name, such as Europe/Berlin, and not ${time_zone}`
  }
  const backwards = openings.find(({ from, until }) => from >= until)
  return backwards && 'openings: expected each to begin before it ends'
}
