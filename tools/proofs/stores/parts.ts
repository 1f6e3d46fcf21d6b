import { fsyncProblems, proveFsync } from './fsync.ts'
import { type KillFigures, killAgainAndAgain } from './kills.ts'
import { moveThereAndBack } from './migration.ts'
import { barMs, readFromAMillion } from './million.ts'
import type { Sizes } from './options.ts'
import type { Driver } from './place.ts'
import { runSuite } from './suite.ts'
import { table } from './table.ts'
import { compareThroughput } from './throughput.ts'
import { shareOneDatabase } from './two-processes.ts'

export interface Outcome {
  readonly figures: readonly unknown[]
  /** What must not happen; durations never count. */
  readonly problems: readonly string[]
  /** The figures as tables for people. */
  readonly text: string
}

/** One part of the proof. */
export interface Part {
  readonly id: string
  readonly title: string
  readonly run: (drivers: readonly Driver[], size: Sizes) => Promise<Outcome>
}

const program = 'build'
const killSeed = 1

const suite: Part = {
  id: 'suite',
  title: 'The cases that every store must pass',
  async run(drivers) {
    const figures = await forEach(drivers, runSuite)
    const rows = figures.map(({ driver, passed, failed, leftOut }) => [driver, passed, failed, leftOut])
    return {
      figures,
      problems: figures.flatMap(({ driver, failures }) => failures.map((failure) => `${driver}: ${failure}`)),
      text: table(['store', 'passed', 'failed', 'left out'], ...rows),
    }
  },
}

const kills: Part = {
  id: 'kills',
  title: 'Killed under load, started again, read back',
  async run(drivers, { killRuns: runs, runsOfPlace, killAfterMs: afterMs }) {
    const plan = { program, runs, lanes: 2, runsOfPlace, afterMs, seed: killSeed } as const
    const figures = await forEach(drivers, (driver) => killAgainAndAgain({ ...plan, driver }))
    return { figures, problems: figures.flatMap(({ details }) => details), text: killTable(figures) }
  },
}

function killTable(figures: readonly KillFigures[]): string {
  const heading = [
    'store',
    'runs',
    'killed server, database',
    'acknowledged',
    'pushed',
    'unanswered, stored',
    'tickets',
  ]
  const rows = figures.map(
    ({ driver, runs, killed, acknowledged, pushed, retried, storedUnanswered, tickets }) => [
      ...[driver, runs, `${killed.server}, ${killed.database}`, acknowledged, pushed],
      ...[`${retried}, ${storedUnanswered}`, tickets],
    ],
  )
  const kinds = Object.keys(figures[0]?.found ?? {})
  const found = figures.map(({ driver, found }) => [driver, ...Object.values(found)])
  return `${table(heading, ...rows)}\n\n${table(['store', ...kinds], ...found)}`
}

const fsync: Part = {
  id: 'fsync',
  title: 'On a disk that delays every fsync by 500 ms, and on one where it fails',
  async run(drivers) {
    const figures = (await forEach(drivers, (driver) => proveFsync(driver, program))).filter(
      (one) => one !== null,
    )
    const rows = figures.map(({ driver, slow, hasty, failing }) => [
      ...[driver, slow.arrivals, slow.early, slow.soonestMs, hasty === null ? '–' : hasty.early],
      ...[`${failing.unavailable} of ${failing.requests}`, failing.heardByOthers, failing.slowestMs],
      `${failing.stored} of ${failing.sent}`,
    ])
    const ofSlow = ['arrivals', 'early', 'soonest ms', 'early without fsync']
    const ofFailing = ['unavailable', 'heard by others', 'slowest ms', 'stored after retries']
    return {
      figures,
      problems: figures.flatMap(fsyncProblems),
      text: table(['store', ...ofSlow, ...ofFailing], ...rows),
    }
  },
}

const million: Part = {
  id: 'million',
  title: 'Reads out of a full workspace, one at a time',
  async run(drivers, size) {
    const figures = await forEach(drivers, (driver) => readFromAMillion(driver, program, size))
    const rows = figures.flatMap(({ driver, results }) =>
      results.map(({ where, what, p50Ms, p99Ms }) => [
        driver,
        where,
        what,
        p50Ms,
        p99Ms,
        p99Ms <= barMs ? 'met' : 'missed',
      ]),
    )
    const filled = figures.map(
      ({ driver, messages, tickets, fillSeconds }) =>
        `${driver}: ${messages} messages filled in ${fillSeconds.toFixed(1)} s, ${tickets} tickets`,
    )
    const heading = ['store', 'where', 'read', 'p50 ms', 'p99 ms', `p99 ≤ ${barMs} ms`]
    return { figures, problems: [], text: [table(heading, ...rows), ...filled].join('\n') }
  },
}

const throughput: Part = {
  id: 'throughput',
  title: 'Durable appends, 64 in flight, beside bare inserts into the same engine',
  async run(drivers, size) {
    const figures = (await forEach(drivers, (driver) => compareThroughput(driver, size))).flat()
    const rows = figures.map(({ driver, of, batch, perSecond, p99Ms, retries, ratio }) => [
      ...[driver, of, Math.round(perSecond.median), p99Ms.median, batch, retries],
      ratio ? `${ratio.median.toFixed(2)} (${ratio.min.toFixed(2)}–${ratio.max.toFixed(2)})` : '–',
    ])
    const heading = ['store', 'of', 'rows/s', 'p99 ms', 'rows an append', 'sent again', 'to bare (min–max)']
    return { figures, problems: [], text: table(heading, ...rows) }
  },
}

const twoProcesses: Part = {
  id: 'two-processes',
  title: 'Two servers on one database',
  async run(drivers, size) {
    // Only one server can use a data folder.
    if (!drivers.includes('mongo')) return { figures: [], problems: [], text: 'The embedded store has one.' }
    const figures = await shareOneDatabase(program, size)
    const { messages, one, two, ratio, retries, ticketsOfEach, found } = figures
    const heading = ['messages', 'one/s', 'two/s', 'two to one', 'sent again', 'tickets of each']
    const rates = [Math.round(one.median), Math.round(two.median)]
    const row = [messages, ...rates, ratio.median, retries, ticketsOfEach.join(', ')]
    const tables = [table(heading, row), table(Object.keys(found), Object.values(found))]
    return { figures: [figures], problems: figures.details, text: tables.join('\n\n') }
  },
}

const migration: Part = {
  id: 'migration',
  title: 'Moved to MongoDB and back, the command killed twice each time',
  async run(drivers, size) {
    if (!drivers.includes('mongo')) return { figures: [], problems: [], text: 'There is nowhere to move to.' }
    const figures = await moveThereAndBack(program, size)
    const heading = ['from', 'to', 'messages', 'tickets', 'killed at %', 'seconds', 'digests']
    const rows = figures.map(({ from, to, messages, tickets, killedAtPercent, seconds, different }) => [
      ...[from, to, messages, tickets, killedAtPercent.join(', '), seconds],
      different.length === 0 ? 'equal' : 'different',
    ])
    return { figures, problems: figures.flatMap(({ different }) => different), text: table(heading, ...rows) }
  },
}

export const parts: readonly Part[] = [suite, kills, fsync, twoProcesses, million, throughput, migration]

async function forEach<T>(drivers: readonly Driver[], run: (driver: Driver) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  for (const driver of drivers) results.push(await run(driver))
  return results
}
