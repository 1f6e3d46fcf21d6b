/** How many tickets before one are counted. One that has more before it waits as long as if it had this many. */
export const countedAhead = 1_000

/**
 * A ticket's waiting time in minutes: its line manager's `average_serving_time` (minutes) × the number of that line
 * manager's open tickets created earlier (`ahead`, at most `countedAhead`). Null without a line manager and for a closed
 * ticket.
 */
export function waitingTime(averageServingTime: number | null, ahead: number): number | null {
  return averageServingTime === null ? null : averageServingTime * ahead
}
