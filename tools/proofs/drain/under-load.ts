import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ExecutableProcess } from '../../../packages/server/tests/support/executable-process.ts'
import { readForwards } from '../../../packages/server/tests/support/sockets.ts'
import { between, seeded } from '../stores/random.ts'
import type { Program } from '../stores/server-process.ts'
import { problemsOf, type Sent, sendOn } from './senders.ts'
import { enterShop, startShop } from './shop-server.ts'

export interface LoadPlan {
  readonly program: Program
  readonly runs: number
  readonly senders: number
  readonly seed: number
}

/** The sums of all runs. */
export interface LoadFigures {
  readonly runs: number
  readonly senders: number
  readonly sent: number
  /** Answered after the signal. */
  readonly answeredAfter: number
  readonly refused: number
  /** Sent when the server no longer listened: they got no answer, and were not stored either. */
  readonly unanswered: number
  /** Those of the unanswered that were stored all the same. */
  readonly storedUnanswered: number
  readonly exitMs: { readonly mean: number; readonly most: number }
  readonly problems: readonly string[]
}

/** From the signal to the end of the process: 10 ms for each connection, and what is in hand. */
const mostExitMs = 15_000

/** Stops a server under load, again and again; the next one on the same data gets what was not answered once more. */
export async function stopUnderLoad({ program, runs, senders, seed }: LoadPlan): Promise<LoadFigures> {
  const dataDir = mkdtempSync(join(tmpdir(), 'dowellchat-drain-'))
  const random = seeded(seed)
  const results: RunResult[] = []
  try {
    let server = await startShop(program, dataDir)
    for (let run = 0; run < runs; run++) {
      const room = `run ${run}`
      const stopped = await stopOnce(server, room, senders, between(random, 20, 300))
      server = await startShop(program, dataDir)
      results.push(await lookAgain(server, room, stopped))
    }
    await server.stop('SIGTERM')
  } finally {
    rmSync(dataDir, { recursive: true, force: true })
  }
  return { runs, senders, ...sum(results) }
}

interface Stopped {
  readonly sent: readonly Sent[]
  readonly answeredAfter: number
  readonly exitMs: number
  readonly problems: readonly string[]
}

async function stopOnce(
  server: ExecutableProcess,
  room: string,
  senders: number,
  afterMs: number,
): Promise<Stopped> {
  const sockets = await Promise.all(
    Array.from({ length: senders }, (_, n) => enterShop(server.url, `sender ${n}`)),
  )
  const sent: Sent[] = []
  const sending = sockets.map((socket, n) => sendOn(socket, `sender ${n}`, room, sent))
  await pause(afterMs)
  const start = performance.now()
  server.signal('SIGTERM')
  const exitCode = await server.exited(2 * mostExitMs)
  const exitMs = performance.now() - start
  await Promise.all(sending)
  const problems = [
    ...(exitCode === 0 ? [] : [`exit code ${exitCode}: ${server.stderr}`]),
    ...(exitMs <= mostExitMs ? [] : [`it took ${Math.round(exitMs)} ms to end`]),
    ...server.problems,
  ]
  const answeredAfter = sent.filter(({ atMs }) => atMs > start && atMs < Number.POSITIVE_INFINITY).length
  return { sent, answeredAfter, exitMs, problems }
}

interface RunResult extends Stopped {
  readonly unanswered: number
  readonly storedUnanswered: number
}

async function lookAgain(server: ExecutableProcess, room: string, stopped: Stopped): Promise<RunResult> {
  const reader = await enterShop(server.url, 'reader')
  const before = new Set((await readForwards(reader, room)).map(({ cid }) => cid))
  const unanswered = stopped.sent.filter(({ outcome }) => outcome !== 'answered')
  const storedUnanswered = unanswered.filter(({ payload }) => before.has(payload.cid)).length
  for (const { user, payload } of unanswered) {
    const again = await enterShop(server.url, user)
    await again.request('message_event', payload)
    again.socket.disconnect()
  }
  const problems = [...stopped.problems, ...problemsOf(stopped.sent, await readForwards(reader, room))]
  reader.socket.disconnect()
  return { ...stopped, unanswered: unanswered.length, storedUnanswered, problems }
}

function sum(results: readonly RunResult[]): Omit<LoadFigures, 'runs' | 'senders'> {
  const total = (of: (result: RunResult) => number) => results.reduce((all, one) => all + of(one), 0)
  const exits = results.map(({ exitMs }) => exitMs)
  return {
    sent: total(({ sent }) => sent.length),
    answeredAfter: total(({ answeredAfter }) => answeredAfter),
    refused: total(({ sent }) => sent.filter(({ outcome }) => outcome === 'refused').length),
    unanswered: total(({ unanswered }) => unanswered),
    storedUnanswered: total(({ storedUnanswered }) => storedUnanswered),
    exitMs: {
      mean: Math.round(exits.reduce((all, one) => all + one, 0) / results.length),
      most: Math.round(Math.max(...exits)),
    },
    problems: results.flatMap(({ problems }, run) => problems.map((one) => `run ${run}: ${one}`)),
  }
}
