import { mostHeap, type Soaked } from './soak.ts'
import type { Usage } from './soak-server.ts'

/** Files that the database may open or close meanwhile. */
const mostOtherDescriptors = 4

/** What has grown, was lost, or was not answered. */
export function wrongsOf(soaked: Soaked): string[] {
  const { firstSockets, before, after, missing } = soaked
  const checks: [isWrong: boolean, text: string][] = [
    [after.heapMiB > mostHeap(before), `The heap grew from ${before.heapMiB} to ${after.heapMiB} MiB`],
    [before.sockets > firstSockets, `${firstSockets} sockets became ${before.sockets} in the warm-up`],
    [after.sockets > firstSockets, `${firstSockets} sockets became ${after.sockets}`],
    [
      after.otherDescriptors > before.otherDescriptors + mostOtherDescriptors,
      `${before.otherDescriptors} descriptors became ${after.otherDescriptors}`,
    ],
    [missing.length > 0, `${missing.length} acknowledged messages are missing`],
    [after.pid !== before.pid, 'The server was another process at the end'],
  ]
  return [
    ...checks.filter(([isWrong]) => isWrong).map(([, text]) => text),
    ...grownResources(before, after),
    ...Object.entries(soaked.failures).map(([kind, count]) => `${count} times ${kind}`),
    ...soaked.problems,
  ]
}

function grownResources(before: Usage, after: Usage): string[] {
  return Object.entries(after.resources).flatMap(([kind, is]) => {
    const was = before.resources[kind] ?? 0
    return is > was ? [`${was} ${kind} became ${is}`] : []
  })
}
