import { watchOthers } from '../bench/disturbance.ts'
import type { Cell } from '../bench/measure.ts'
import { repeat } from '../bench/repeat.ts'
import { measure, type Sample } from './measure.ts'
import type { Row } from './rows.ts'
import type { Entrant, Server } from './server.ts'

/** A round of a row is played again when others take more than this share of the machine. */
const tolerable = 0.05
const triesPerRound = 2

/** A row, played once against each server; samples by the server's key. */
export interface Round {
  readonly samples: ReadonlyMap<string, Sample>
  readonly disturbed: number
}

interface Size {
  readonly rounds: number
  readonly warmConnections: number
  readonly warmMessages: number
  /** Disturbed rounds are played again until this minute of the run. */
  readonly patienceMinutes: number
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** Starts the servers side by side, plays all rows in rounds, every server in turn, and stops them. */
export async function contest(
  rows: readonly Row[],
  entrants: readonly Entrant[],
  size: Size,
): Promise<ReadonlyMap<Row, readonly Round[]>> {
  const servers: Server[] = []
  try {
    for (const entrant of entrants) {
      const server = await entrant.start()
      servers.push(server)
      await warmUp(server, size)
    }
    return await play(rows, servers, size)
  } finally {
    for (const server of servers) await server.stop()
  }
}

/** Connections that come and go, and messages, so that code is compiled and pools are filled. */
async function warmUp(server: Server, { warmConnections, warmMessages }: Size): Promise<void> {
  const start = performance.now()
  await repeat(warmConnections, async (n) => (await server.join(`warm-${Math.floor(n / 20)}`)).close(), 4)
  await (await server.accept({ inFlight: 32, messages: warmMessages })).run()
  say(`warmed up: ${server.about.key}, ${((performance.now() - start) / 1_000).toFixed(1)} s`)
}

async function play(rows: readonly Row[], servers: readonly Server[], size: Size) {
  const cells = new Map<Row, ReadonlyMap<string, Cell>>()
  for (const row of rows) {
    const opened = new Map<string, Cell>()
    for (const server of servers) opened.set(server.about.key, await row.open(server))
    cells.set(row, opened)
  }
  const patience = performance.now() + size.patienceMinutes * 60_000
  const rounds = new Map<Row, Round[]>(rows.map((row) => [row, []]))
  // The first round is a second warm-up.
  for (let number = 0; number <= size.rounds; number += 1) {
    say(`round ${number} of ${size.rounds}`)
    for (const [row, opened] of cells) {
      const tries = [await playRow(opened, servers, number)]
      const isSpoilt = () => tries.every(({ disturbed }) => disturbed > tolerable)
      while (number > 0 && tries.length < triesPerRound && isSpoilt() && performance.now() < patience)
        tries.push(await playRow(opened, servers, number))
      const [calmest] = tries.sort((a, b) => a.disturbed - b.disturbed)
      if (number > 0 && calmest) rounds.get(row)?.push(calmest)
    }
  }
  return rounds
}

async function playRow(
  cells: ReadonlyMap<string, Cell>,
  servers: readonly Server[],
  number: number,
): Promise<Round> {
  const disturbance = watchOthers(servers.flatMap(({ pids }) => pids))
  const samples = new Map<string, Sample>()
  // Another server begins each round, since the first of a round has an idle machine before it.
  const first = number % servers.length
  for (const server of [...servers.slice(first), ...servers.slice(0, first)]) {
    const { key } = server.about
    try {
      samples.set(key, await measure(server, cells.get(key) as Cell))
    } catch (error) {
      throw new Error(`${key} failed`, { cause: error })
    }
  }
  const { otherProcesses, stolen } = disturbance()
  return { samples, disturbed: otherProcesses + stolen }
}
