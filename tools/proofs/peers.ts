import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pin, stayAwake } from './bench/cpu.ts'
import { isMemoryOnly, measureDisk } from './bench/disk.ts'
import { isWanted, type Options, readOptions } from './bench/options.ts'
import { ourProgram, scratch } from './bench/servers.ts'
import { type Spread, spread } from './bench/statistics.ts'
import { contest } from './peers/contest.ts'
import { measureIdle } from './peers/idle-memory.ts'
import { findPeers } from './peers/peers.ts'
import { asTable, compare, describeServers, type Result, resultsOf } from './peers/results.ts'
import { tableRows } from './peers/rows.ts'
import type { About, Entrant } from './peers/server.ts'
import { socketIoServers } from './peers/socket-io.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/server/tsup.config.ts',
  'pnpm-lock.yaml',
  'tools/proofs/bench/bare-*.mjs',
  'tools/proofs/bench/cells.ts',
  'tools/proofs/bench/message-load.ts',
  'tools/proofs/bench/raw-socket.ts',
  'tools/proofs/bench/servers.ts',
  'tools/proofs/peers*',
  ':!**/*.test.ts',
  ':!packages/server/src/testing',
]

interface Figures {
  readonly program: 'build' | 'source'
  readonly quick: boolean
  readonly pinned: boolean
  readonly minutes: number
  readonly rounds: number
  /** 4 KiB overwritten and fdatasync, where the servers have their data. */
  readonly diskMs: number
  /** The share of the machine that others took in the rounds that count. */
  readonly disturbed: Spread
  readonly servers: readonly About[]
  readonly missing: readonly string[]
  readonly results: readonly Result[]
}

function sizes({ quick, rounds = quick ? 1 : 5 }: Options) {
  return {
    rounds,
    scale: quick ? 0.2 : 1,
    warmConnections: quick ? 60 : 300,
    warmMessages: quick ? 500 : 3_000,
    patienceMinutes: 10,
    idleConnections: quick ? 300 : 1_000,
    memoryRounds: quick ? 1 : 2,
  }
}
type Size = ReturnType<typeof sizes>

/**
 * The same work on our server, on bare socket.io, and on the brokers and the chat server that this machine has. What each of
 * them has done with a message before it acknowledges it is in the table, since that is most of what it costs.
 */
export async function prove(): Promise<Figures> {
  const options = readOptions()
  const size = sizes(options)
  const start = performance.now()
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-peers-'))
  const pinned = pin(process.pid, 0)
  const { entrants: peers, missing } = findPeers(folder)
  const entrants = [...socketIoServers(), ...peers]
  const sleep = stayAwake()
  try {
    const { results, disturbed } = await contestResults(entrants, size, options)
    const memory = isWanted('memory', options) ? await memoryResults(entrants, size) : []
    const figures: Figures = {
      program: ourProgram().how,
      quick: options.quick,
      pinned,
      minutes: (performance.now() - start) / 60_000,
      rounds: size.rounds,
      diskMs: measureDisk(folder, 100),
      disturbed,
      servers: entrants.map(({ about }) => about),
      missing,
      results: [...results, ...memory],
    }
    process.stdout.write(`${describe(figures)}\n`)
    if (isMemoryOnly(folder)) process.stdout.write(`${folder} is only memory: "on disk" means nothing\n`)
    return figures
  } finally {
    sleep()
    for (const used of [folder, scratch]) rmSync(used, { recursive: true, force: true })
  }
}

async function contestResults(entrants: readonly Entrant[], size: Size, options: Options) {
  const rows = tableRows(size.scale).filter(({ id }) => isWanted(id, options))
  if (rows.length === 0) return { results: [], disturbed: spread([]) }
  const rounds = await contest(rows, entrants, size)
  const keys = entrants.map(({ about }) => about.key)
  return {
    results: rows.flatMap((row) => resultsOf(row, keys, rounds.get(row) ?? [])),
    disturbed: spread([...rounds.values()].flat().map((round) => round.disturbed)),
  }
}

async function memoryResults(entrants: readonly Entrant[], size: Size): Promise<Result[]> {
  const rounds: Map<string, number>[] = []
  for (let n = 0; n < size.memoryRounds; n += 1) {
    const round = new Map<string, number>()
    for (const entrant of entrants)
      round.set(entrant.about.key, await measureIdle(entrant, size.idleConnections))
    rounds.push(round)
  }
  const title = 'idle connection in a room of 20'
  const named = { row: 'memory', title, of: 'resident memory', unit: 'KiB' }
  return compare(named, [...(rounds[0]?.keys() ?? [])], rounds)
}

function describe(figures: Figures): string {
  const { servers, results, missing, program, quick, pinned, minutes, rounds, diskMs, disturbed } = figures
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  return [
    describeServers(servers),
    ...missing.map((line) => `left out: ${line}`),
    '',
    asTable(results, servers),
    '',
    `Medians of ${rounds} rounds${quick ? ', quick' : ''}, ${minutes.toFixed(1)} minutes. Our server: ${program}.`,
    pinned ? 'Servers share a core, the load has the other.' : 'Not pinned to cores: expect noise.',
    'Only the CPU of servers is counted. Clients are npm libraries for peers and raw frames for socket.io: rates and',
    'latencies have their time in them. Where a server uses little of its core, the load or the disk sets the rate.',
    `4 KiB overwritten + fdatasync: p50 ${diskMs.toFixed(2)} ms.`,
    `Others took ${percent(disturbed.median)} of the machine in the rounds that count, at worst ${percent(disturbed.max)}.`,
  ].join('\n')
}
