import { soak, type Use } from './soak-frames/soak.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'pnpm-lock.yaml',
  'tools/proofs/soak-frames*',
  'tools/proofs/attackers*',
  'tools/proofs/fuzz*',
  ':!**/*.test.ts',
]

/** What a heap may differ by, since caches are filled: none of them grows with time. */
const mostHeapMiB = 8
const mostHandles = 4

/** 30 minutes of people, attackers who come and go, and generated frames. What they have taken is given back. */
export async function prove() {
  const isQuick = process.argv.includes('--quick')
  const show = (use: Use) => void process.stderr.write(`${JSON.stringify(use)}\n`)
  const soaked = await (isQuick ? soak(1, 15, show) : soak(30, 120, show))
  const [first, last] = [soaked.uses[0], soaked.uses.at(-1)]
  const wrong = [...soaked.problems]
  if (!first || !last) wrong.push('Nothing was measured')
  else {
    if (last.heapMiB - first.heapMiB > mostHeapMiB)
      wrong.push(`The heap grew from ${first.heapMiB} to ${last.heapMiB} MiB`)
    if (last.handles - first.handles > mostHandles)
      wrong.push(`${first.handles} handles became ${last.handles}`)
    if (last.descriptors - first.descriptors > mostHandles)
      wrong.push(`${first.descriptors} descriptors became ${last.descriptors}`)
  }
  console.table(soaked.uses)
  for (const problem of wrong) process.stdout.write(`WRONG: ${problem}\n`)
  if (wrong.length > 0) process.exitCode = 1
  return { quick: isQuick, ...soaked }
}
