import { type Soaked, soak } from './soak/soak.ts'
import type { Usage } from './soak/soak-server.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'pnpm-lock.yaml',
  'tools/proofs/attackers',
  'tools/proofs/soak*',
  ':!**/*.test.ts*',
]

/** Files that the database may open or close meanwhile. */
const mostOtherDescriptors = 4
const mostHeap = ({ heapMiB }: Usage) => heapMiB * 1.1 + 8

/**
 * A server under mixed load with attackers who come and go: afterwards it uses what it used before. `--minutes <n>` of load
 * in place of 30.
 */
export async function prove() {
  const minutes = minutesOf(process.argv)
  const soaked = await soak({
    program: 'build',
    seed: 1,
    warmUpMs: 60_000,
    loadMs: minutes * 60_000,
    quietMs: minutes < 10 ? 30_000 : 60_000,
    attackMs: 8_000,
    awayMs: 22_000,
    onProgress: (text) => void process.stderr.write(`${text}\n`),
  })
  process.stdout.write(`${JSON.stringify({ ...soaked, samples: soaked.samples.length }, null, 2)}\n`)
  const wrong = wrongsOf(soaked)
  for (const one of wrong) process.stdout.write(`WRONG: ${one}\n`)
  if (wrong.length > 0) process.exitCode = 1
  return { minutes, wrong, ...soaked }
}

function minutesOf(args: readonly string[]): number {
  const at = args.indexOf('--minutes')
  const minutes = at < 0 ? 30 : Number(args[at + 1])
  if (!(minutes > 0)) throw new Error('--minutes: expected a number above 0')
  return minutes
}

function wrongsOf(soaked: Soaked): string[] {
  const { before, after, failures, missing, problems, isSamePid } = soaked
  const growths = Object.keys({ ...before.resources, ...after.resources })
    .map((kind) => [kind, before.resources[kind] ?? 0, after.resources[kind] ?? 0] as const)
    .filter(([, was, is]) => is > was)
    .map(([kind, was, is]) => `${was} ${kind} became ${is}`)
  const checks: [isWrong: boolean, text: string][] = [
    [after.heapMiB > mostHeap(before), `The heap grew from ${before.heapMiB} to ${after.heapMiB} MiB`],
    [after.sockets > before.sockets, `${before.sockets} sockets became ${after.sockets}`],
    [
      after.otherDescriptors > before.otherDescriptors + mostOtherDescriptors,
      `${before.otherDescriptors} descriptors became ${after.otherDescriptors}`,
    ],
    [missing.length > 0, `${missing.length} acknowledged messages are missing`],
    [!isSamePid, 'The server was another process at the end'],
  ]
  return [
    ...checks.filter(([isWrong]) => isWrong).map(([, text]) => text),
    ...growths,
    ...Object.entries(failures).map(([kind, count]) => `${count} times ${kind}`),
    ...problems,
  ]
}
