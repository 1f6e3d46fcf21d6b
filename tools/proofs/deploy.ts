import { rollingRestart } from './deploy/rolling.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/client/src',
  'examples/nginx',
  'pnpm-lock.yaml',
  'tools/proofs/deploy*',
  ':!**/*.test.ts*',
]

/** How long a client may be without a connection, its catching up included, in 95 of 100 times. */
const mostDarkMs = 2_000

/**
 * Deploys under traffic: two servers on one MongoDB and one Redis, behind nginx with sticky sessions, 1,000 clients, 20
 * messages a second; both servers are restarted one after the other, three times.
 */
export async function prove() {
  const isQuick = process.argv.includes('--quick')
  const size = isQuick ? { clients: 200, rooms: 10, rounds: 1 } : { clients: 1_000, rooms: 20, rounds: 3 }
  const plan = { ...size, households: 50, messagesPerSecond: 20, seed: 1 }
  const figures = await rollingRestart({ program: isQuick ? 'source' : 'build', ...plan })
  const { problems, dark, exitCodes, exitMs, ...counts } = figures
  console.table([{ ...counts, exitMs: exitMs.most }])
  console.table(dark)
  const wrong = [...problems]
  if (figures.back < figures.clients) wrong.push(`${figures.back} of ${figures.clients} are back`)
  if (exitCodes.some((code) => code !== 0)) wrong.push(`exit codes ${exitCodes.join(', ')}`)
  if (dark.all.p95 > mostDarkMs) wrong.push(`p95 of the time without a connection is ${dark.all.p95} ms`)
  for (const problem of wrong) process.stdout.write(`WRONG: ${problem}\n`)
  if (wrong.length > 0) process.exitCode = 1
  return { quick: isQuick, ...plan, ...figures }
}
