import type { Lines } from '../delivery/lines.ts'
import type { AllLimits } from '../limits.ts'
import type { LineManagerStore } from '../stores/store.ts'
import { dateNow } from '../time.ts'
import type { ClockSteps } from './clock-steps.ts'

interface HandBackParts {
  readonly lineManagers: Pick<LineManagerStore, 'absent'>
  readonly lines: Pick<Lines, 'handBack' | 'assign'>
  readonly limits: AllLimits
  readonly clock: Pick<ClockSteps, 'isSteadyFor' | 'ahead'>
  /** When those were looked at last who have been away for so long; without a time, all of them are. */
  readonly lookedAt: Map<number, number>
}

type Absent = Awaited<ReturnType<LineManagerStore['absent']>>[number]

/** So many who are away are looked at each time. */
const mostAbsent = 1_000
/** What was written a little late is looked at nevertheless. */
const overlapMs = 5_000

/**
 * Gives back to the line what those have who are away: after `handBackMs` the tickets that they have not answered, and after
 * `handBackAnsweredMs` all of them. Two servers that do it at once give back nothing twice.
 * @throws what has failed first, once all others have been tried
 */
export async function handBackOfAbsent(parts: HandBackParts): Promise<void> {
  const { lines, lookedAt } = parts
  const { handBackMs, handBackAnsweredMs } = parts.limits.server
  const at = dateNow()
  const long = await absentFor(parts, handBackAnsweredMs, at)
  const absent = await absentFor(parts, handBackMs, at)
  const isLong = new Set(long.map(nameOf))
  const unanswered = absent.filter((one) => !isLong.has(nameOf(one)))
  const changed = new Set<string>()
  const failures: unknown[] = []
  const attempt = (run: () => Promise<unknown>) => run().catch((error: unknown) => failures.push(error))
  for (const [some, onlyUnanswered] of [[long, false] as const, [unanswered, true] as const])
    for (const { workspace_id, user_id } of some)
      await attempt(async () => {
        if ((await lines.handBack(workspace_id, user_id, onlyUnanswered)) > 0) changed.add(workspace_id)
      })
  for (const workspaceId of changed) await attempt(() => lines.assign(workspaceId))
  if (failures.length > 0) throw failures[0]
  // Until the clock is steady it is not known of everybody how long they have been away.
  for (const ms of [handBackMs, handBackAnsweredMs]) if (parts.clock.isSteadyFor(ms)) lookedAt.set(ms, at)
}

/**
 * Who is away for so long, of those of whom it is not known since the last look. After the clock was set nobody is known to be, until
 * so long has passed since.
 */
async function absentFor(
  { lineManagers, clock, lookedAt }: HandBackParts,
  ms: number,
  at: number,
): Promise<Absent[]> {
  if (!clock.isSteadyFor(ms)) {
    lookedAt.delete(ms)
    return []
  }
  const last = lookedAt.get(ms)
  // A clock that was set back meanwhile says nothing of the last look.
  if (last !== undefined && last <= at)
    return [...(await lineManagers.absent(iso(at - ms), mostAbsent, iso(last - ms - overlapMs)))]
  const { ahead } = clock
  const earlier = await lineManagers.absent(iso(at - ms), mostAbsent)
  if (!ahead) return [...earlier]
  return [...earlier, ...(await lineManagers.absent(iso(ahead.until), mostAbsent, iso(ahead.after)))]
}

function iso(ms: number): string {
  return new Date(ms).toISOString()
}

function nameOf({ workspace_id, user_id }: Absent): string {
  return `${workspace_id}\n${user_id}`
}
