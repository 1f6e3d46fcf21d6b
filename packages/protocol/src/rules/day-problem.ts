/** What is wrong with a day, `YYYY-MM-DD`; undefined if nothing is. */
export function dayProblem(day: string): string | undefined {
  const at = /^\d{4}-\d\d-\d\d$/.test(day) ? new Date(`${day}T00:00:00.000Z`) : new Date(Number.NaN)
  // `Date` reads February 30 as March 1.
  const isDay = !Number.isNaN(at.getTime()) && at.toISOString().startsWith(day)
  return isDay ? undefined : 'expected a day that there is, as YYYY-MM-DD'
}
