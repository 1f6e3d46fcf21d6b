import { alignColumns, short } from '../bench/results.ts'
import { type Spread, spread } from '../bench/statistics.ts'
import type { Round } from './contest.ts'
import type { Row } from './rows.ts'
import type { About } from './server.ts'

/** One line of the table. */
export interface Result {
  readonly row: string
  readonly title: string
  readonly of: string
  readonly unit: string
  readonly server: string
  readonly value: Spread
  /** Divided by bare's value of the same round. */
  readonly byBare: Spread
}

type Named = Pick<Result, 'row' | 'title' | 'of' | 'unit'>

/** Compares what each round found, by the keys of the servers. */
export function compare(
  named: Named,
  keys: readonly string[],
  rounds: readonly ReadonlyMap<string, number>[],
) {
  const read = (round: ReadonlyMap<string, number>, key: string) => round.get(key) ?? Number.NaN
  return keys.map(
    (server): Result => ({
      ...named,
      server,
      value: spread(rounds.map((round) => read(round, server))),
      byBare: spread(rounds.map((round) => read(round, server) / read(round, 'bare'))),
    }),
  )
}

export function resultsOf({ id: row, title, lines }: Row, keys: readonly string[], rounds: readonly Round[]) {
  return lines.flatMap(({ of, unit, value }) =>
    compare(
      { row, title, of, unit },
      keys,
      rounds.map(({ samples }) => new Map([...samples].map(([key, sample]) => [key, value(sample)]))),
    ),
  )
}

const heading = ['work', 'server', 'value', 'by bare (min–max)', 'accepted means']

export function asTable(results: readonly Result[], servers: readonly About[]): string {
  const cells = ({ title, of, unit, server, value, byBare }: Result) => [
    `${title}: ${of}`,
    server,
    `${short(value.median)} ${unit}`,
    `${short(byBare.median)} (${short(byBare.min)}–${short(byBare.max)})`,
    servers.find(({ key }) => key === server)?.kept ?? '',
  ]
  return alignColumns([heading, ...results.map(cells)])
}

export function describeServers(servers: readonly About[]): string {
  return alignColumns([
    ['server', 'version', 'accepted means', 'acknowledged by'],
    ...servers.map(({ key, version, kept, note }) => [key, version, kept, note]),
  ])
}
