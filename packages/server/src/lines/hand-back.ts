import type { Lines } from '../delivery/lines.ts'
import type { AllLimits } from '../limits.ts'
import type { LineManagerStore } from '../stores/store.ts'
import { dateNow } from '../time.ts'

interface HandBackParts {
  readonly lineManagers: Pick<LineManagerStore, 'absent'>
  readonly lines: Pick<Lines, 'handBack' | 'assign'>
  readonly limits: AllLimits
  /** Looks only at those who have been away for long enough since so long; without it, at all. */
  readonly windowMs?: number | undefined
}

/** So many who are away are looked at each time. */
const mostAbsent = 1_000

/**
 * Gives back to the line what those have who are away: after `handBackMs` the tickets that they have not answered, and after
 * `handBackAnsweredMs` all of them. Two servers that do it at once give back nothing twice.
 */
export async function handBackOfAbsent({
  lineManagers,
  lines,
  limits,
  windowMs,
}: HandBackParts): Promise<void> {
  const { handBackMs, handBackAnsweredMs } = limits.server
  const absentFor = (ms: number) =>
    lineManagers.absent(ago(ms), mostAbsent, windowMs === undefined ? undefined : ago(ms + windowMs))
  const long = await absentFor(handBackAnsweredMs)
  const absent = await absentFor(handBackMs)
  const isLong = new Set(long.map(nameOf))
  const unanswered = absent.filter((one) => !isLong.has(nameOf(one)))
  const changed = new Set<string>()
  for (const [some, onlyUnanswered] of [[long, false] as const, [unanswered, true] as const])
    for (const { workspace_id, user_id } of some)
      if ((await lines.handBack(workspace_id, user_id, onlyUnanswered)) > 0) changed.add(workspace_id)
  for (const workspaceId of changed) await lines.assign(workspaceId)
}

function ago(ms: number): string {
  return new Date(dateNow() - ms).toISOString()
}

function nameOf({ workspace_id, user_id }: { workspace_id: string; user_id: string }): string {
  return `${workspace_id}\n${user_id}`
}
