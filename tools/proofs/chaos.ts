import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { bareWeather } from './chaos/bare.ts'
import { isGood } from './chaos/check.ts'
import { cutAtOnce } from './chaos/cut-at-once.ts'
import { manySends } from './chaos/many-sends.ts'
import { chaosOnNodes, type OnNodes } from './chaos/on-nodes.ts'
import { runSeeds } from './chaos/seeds.ts'
import { weather } from './chaos/weather.ts'
import { numberAfter } from './support/options.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/client/src',
  'packages/server/tests/support/redis-*',
  'pnpm-lock.yaml',
  'tools/proofs/chaos*',
  ':!**/*.test.ts*',
]

const isQuick = process.argv.includes('--quick')
const seed = Number(process.env.CHAOS_SEED ?? 1)
const evidence = fileURLToPath(new URL('../../docs/evidence/chaos.json', import.meta.url))

/**
 * SDK and plain clients behind links that break, and servers that are killed, stopped and frozen, for five minutes each: one
 * server on a data folder; then one, two and three on a MongoDB and a Redis that breaks too, between which the clients move.
 * Five people do everything else that one does in a chat, and what each server then counts is held against the logs.
 * What the clients say is held against the store. Then a thousand short runs with a store that fails; 50,000 messages of which
 * 30 % get no answer; 200 clients that are cut at once. Bare socket.io meets the same faults as the one server, for a minute.
 *
 * `pnpm prove chaos nodes` runs what has several servers alone, `pnpm prove chaos one` what has one; each keeps the figures of
 * the other. `--nodes 2` takes two servers, for looking; `--quick` is short.
 */
export async function prove() {
  const count = numberAfter('--nodes')
  const counts = count === undefined ? [1, 2, 3] : [count]
  const isNodesAlone = process.argv.includes('nodes') || count !== undefined
  const isOneAlone = process.argv.includes('one')
  const nodes = isOneAlone ? undefined : await proveNodes(counts)
  const one = isNodesAlone ? undefined : await proveOne()
  const wrong = [...Object.values(nodes ?? {}).flatMap(({ wrong }) => wrong), ...(one?.wrong ?? [])]
  for (const one of wrong) process.stdout.write(`WRONG: ${one}\n`)
  if (wrong.length > 0) process.exitCode = 1
  const made = { commit: process.env.PROOF_COMMIT, date: new Date().toISOString() }
  return {
    ...earlier(),
    ...(one && { ...made, ...one.figures }),
    ...(nodes && { nodes: { ...made, ...nodes } }),
  }
}

/** What the last run has found of what this one leaves out. */
function earlier(): object {
  return existsSync(evidence) ? JSON.parse(readFileSync(evidence, 'utf8')).figures : {}
}

async function proveNodes(counts: readonly number[]): Promise<Record<string, OnNodes>> {
  const size = isQuick
    ? { sdk: 10, plain: 4, talkMs: 400, loadMs: 20_000, serverFaultMs: 5_000, thereMs: 2_000, goneMs: 5_000 }
    : // As many messages as what stands in for MongoDB takes from three servers: with twice as many it answers nobody.
      {
        sdk: 20,
        plain: 10,
        talkMs: 1_000,
        loadMs: 300_000,
        serverFaultMs: 15_000,
        thereMs: 10_000,
        goneMs: 20_000,
      }
  const figures: Record<string, OnNodes> = {}
  for (const nodes of counts) figures[nodes] = await chaosOnNodes({ ...size, program: 'build', seed, nodes })
  return figures
}

async function proveOne() {
  const size = isQuick
    ? { loadMs: 20_000, seeds: 20, bareMs: 15_000 }
    : { loadMs: 300_000, seeds: 1_000, bareMs: 60_000 }
  // With twice as many messages, this process has no time left to break its links.
  const plan = { seed, sdk: 20, devices: 3, rooms: 4, clientFaultMs: 270, serverFaultMs: 30_000, talkMs: 800 }
  const run = await weather({ ...plan, program: 'build', plain: 10, loadMs: size.loadMs })
  console.log(run)
  const seeds = await runSeeds(
    Array.from({ length: size.seeds }, (_, n) => seed * 10_000 + n),
    150,
  )
  console.log(seeds)
  const sends = await manySends({
    program: 'build',
    clients: isQuick ? 10 : 50,
    messages: isQuick ? 200 : 1_000,
  })
  console.log(sends)
  const cuts = []
  for (const isTold of [true, false]) cuts.push(await cutAtOnce(isQuick ? 50 : 200, 50, isTold))
  console.table(cuts)
  const bare = []
  for (const recovery of [false, true])
    bare.push(await bareWeather({ ...plan, loadMs: size.bareMs, serverFaultMs: 15_000 }, recovery))
  console.table(bare)
  const wrong = [
    ...(isGood(run) ? [] : [`Five minutes of faults: ${run.examples.join(', ')}`]),
    ...run.done.wrong,
    ...run.problems,
    ...(isGood(sends) && sends.stored === sends.sent
      ? []
      : [`Many sends: ${sends.stored} of ${sends.sent} are stored`]),
    ...sends.examples,
    ...cuts
      .filter(({ level, clients }) => level < clients)
      .map(({ level, clients }) => `${level} of ${clients} are level after a cut`),
    ...seeds.wrong.map((one) => `Seed ${one.seed}: ${one.verdict.examples.join(', ')}`),
    ...(!isQuick && run.clientFaults < 1_500 ? [`Only ${run.clientFaults} faults of clients`] : []),
    ...(!isQuick && run.serverFaults < 6 ? [`Only ${run.serverFaults} faults of the server`] : []),
  ]
  return { wrong, figures: { quick: isQuick, seed, run, seeds, sends, cuts, bare } }
}
