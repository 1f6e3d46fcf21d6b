/**
 * How long a ticket waits, in minutes: its line manager's `average_serving_time` (minutes) × the open tickets of that
 * line manager that were created before it; null without a line manager, and for a closed ticket.
 */
export function waitingTime(averageServingTime: number | null, ahead: number): number | null {
  return averageServingTime === null ? null : averageServingTime * ahead
}
