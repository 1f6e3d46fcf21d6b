import { soak } from './soak/soak.ts'
import { wrongsOf } from './soak/wrongs.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'pnpm-lock.yaml',
  'tools/proofs/attackers',
  'tools/proofs/soak',
  'tools/proofs/soak.ts',
  ':!**/*.test.ts*',
]

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
    graceMs: 0,
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
