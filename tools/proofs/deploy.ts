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

/** How long a client of the SDK may be without a connection, its catching up included, in 95 of 100 times. */
const mostDarkMs = 2_000
/** How many clients may be back within a second: half as many again as a server lets go, one every 10 ms. */
const mostBack = 150

/**
 * Deploys under traffic: two servers on one MongoDB and one Redis, behind nginx with sticky sessions, 1,000 clients, 20
 * messages a second; both servers are restarted one after the other, three times. `pnpm prove deploy 300` takes fewer, for a
 * machine whose MongoDB answers no more.
 */
export async function prove() {
  const isQuick = process.argv.includes('--quick')
  const size = isQuick ? { clients: 200, rooms: 10, rounds: 1 } : { clients: 1_000, rooms: 20, rounds: 3 }
  const clients = Number(process.argv[3]) || size.clients
  const plan = { ...size, clients, households: 50, messagesPerSecond: 20, seed: 1 }
  const figures = await rollingRestart({ program: 'build', ...plan })
  const { problems, dark, exitCodes, exitMs, ...counts } = figures
  console.table([{ ...counts, exitMs: exitMs.most }])
  console.table(dark)
  const wrong = [...problems]
  if (figures.back < figures.clients) wrong.push(`${figures.back} of ${figures.clients} are back`)
  if (exitCodes.some((code) => code !== 0)) wrong.push(`exit codes ${exitCodes.join(', ')}`)
  // How long plain socket.io waits before it tries again is its own: 0.5 to 1.5 s, then more.
  if (dark.sdk.p95 > mostDarkMs)
    wrong.push(`p95 of the SDK's time without a connection is ${dark.sdk.p95} ms`)
  if (dark.all.busiestSecond > mostBack) wrong.push(`${dark.all.busiestSecond} are back in one second`)
  for (const problem of wrong) process.stdout.write(`WRONG: ${problem}\n`)
  if (wrong.length > 0) process.exitCode = 1
  return { quick: isQuick, ...plan, ...figures }
}
