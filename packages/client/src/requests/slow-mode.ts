import type { RequestError } from '../errors.ts'

/** How long a room's slow mode makes each message wait; undefined for another failure. */
export function slowModeIn({ code, details }: RequestError): number | undefined {
  const ms = (details as { slow_mode_ms?: unknown } | undefined)?.slow_mode_ms
  return code === 'rate_limited' && typeof ms === 'number' ? ms : undefined
}
