import type { Round } from './results.ts'
import { alignColumns, short } from './results.ts'
import type { Line, Row } from './row.ts'
import type { Entrant, Program } from './servers.ts'
import { bareProgram } from './servers.ts'
import { type Spread, spread } from './statistics.ts'

/** The working tree's server, the other commit's, and the other commit's in a second process. */
export const versions = ['new', 'old', 'again'] as const
type Version = (typeof versions)[number]
type Key = 'bare' | `${Version} ${Line['mode']}`

/** A row gets no worse while its cost grows by no more than this, or by what two processes of one commit differ. */
const tolerated = 1.05

/** One line of the comparison. Ratios are of costs, round by round: above 1, the first of the two is worse. */
export interface Comparison {
  readonly row: string
  readonly title: string
  readonly mode: string
  readonly of: string
  readonly unit: string
  readonly new: Spread
  readonly old: Spread
  readonly bare: Spread
  readonly newByOld: Spread
  /** The same commit in two processes: what is noise. */
  readonly oldByOld: Spread
  readonly isWorse: boolean
}

type Named = Pick<Comparison, 'row' | 'title' | 'mode' | 'of' | 'unit'>
export type Values = Readonly<Record<Version | 'bare', number>>

export function entrants(ours: Program, older: Program): Entrant<Key>[] {
  const programs = { new: { ...ours, name: 'new' }, old: older, again: older }
  const modes = ['memory', 'durable'] as const
  return [
    { key: 'bare', kind: 'bare', program: bareProgram },
    ...modes.flatMap((kind) =>
      versions.map((version) => ({
        key: `${version} ${kind}` as const,
        kind,
        program: programs[version],
      })),
    ),
  ]
}

export function comparisonOf(row: Row, line: Line, rounds: readonly Round<Key>[]): Comparison {
  const { of, mode, unit, value } = line
  const named = { row: row.id, title: row.title, mode, of: line.raw ?? of, unit }
  const values = rounds.map(({ samples }) => ({
    new: value(samples[`new ${mode}`]),
    old: value(samples[`old ${mode}`]),
    again: value(samples[`again ${mode}`]),
    bare: value(samples.bare),
  }))
  return compare(named, values, line.atLeast)
}

/** Compares what each round measured; `atLeast` where more is better. */
export function compare(named: Named, rounds: readonly Values[], atLeast = false): Comparison {
  const worse = (one: number, other: number) => (atLeast ? other / one : one / other)
  const newByOld = spread(rounds.map((round) => worse(round.new, round.old)))
  const oldByOld = spread(rounds.map((round) => worse(round.again, round.old)))
  const noise = Math.max(oldByOld.median, 1 / oldByOld.median)
  return {
    ...named,
    new: spread(rounds.map((round) => round.new)),
    old: spread(rounds.map((round) => round.old)),
    bare: spread(rounds.map(({ bare }) => bare)),
    newByOld,
    oldByOld,
    isWorse: newByOld.median > Math.max(tolerated, Number.isNaN(noise) ? 0 : noise),
  }
}

const heading = ['work', 'mode', 'of', 'new', 'old', 'bare', 'new/old (min–max)', 'old/old (min–max)', '']

function cells(line: Comparison): string[] {
  const { title, mode, of, unit, bare, newByOld, oldByOld, isWorse } = line
  const ratio = ({ median, min, max }: Spread) =>
    Number.isNaN(median) ? '–' : `${short(median)} (${short(min)}–${short(max)})`
  return [
    title,
    mode,
    of,
    `${short(line.new.median)} ${unit}`,
    short(line.old.median),
    Number.isNaN(bare.median) ? '–' : short(bare.median),
    ratio(newByOld),
    ratio(oldByOld),
    isWorse ? 'WORSE' : 'no worse',
  ]
}

export function asTable(lines: readonly Comparison[]): string {
  return alignColumns([heading, ...lines.map(cells)])
}
