import type { Sample } from './measure.ts'
import type { Line, Row } from './row.ts'
import type { Kind } from './servers.ts'
import { type Spread, spread } from './statistics.ts'

/** The servers of the bench; `floor` in both modes, where a row has one. */
export type Contender = Kind | `floor ${Line['mode']}`

/** A row, played once against each server. */
export interface Round<Key extends string = Contender> {
  /** Those that have not played it are missing. */
  readonly samples: Record<Key, Sample>
  /** 4 KiB overwritten and fdatasync, just before. */
  readonly diskMs: number
  /** The share of the machine that others took meanwhile, 0 to 1. */
  readonly disturbed: number
}

/** One line of the table. `met` is null where there is no bar. */
export interface Result {
  readonly row: string
  readonly title: string
  readonly mode: string
  readonly of: string
  readonly unit: string
  readonly ours: Spread
  readonly bare: Spread
  /** What the bar is about, round by round: mostly ours divided by bare's of the same round. */
  readonly compared: Spread
  /** The same of the floor server; empty where it does not play. */
  readonly floor: Spread
  readonly bar: number | null
  readonly atLeast: boolean
  readonly prototype: string | null
  readonly reach: string | null
  readonly met: boolean | null
}

type Measured = Pick<Result, 'row' | 'title' | 'mode' | 'of' | 'unit' | 'ours' | 'bare' | 'compared'> &
  Partial<Pick<Result, 'floor'>>
type Goal = Pick<Line, 'bar' | 'atLeast' | 'prototype' | 'reach'>

/** A bar is never nearer to the floor than this: what stores and sends the same and does nothing else would miss it. */
const aboveFloor = 1.1

/** Puts the bar beside what was measured. */
export function judge(measured: Measured, { bar: wanted, atLeast, prototype, reach }: Goal): Result {
  const { compared, floor = spread([]) } = measured
  const bar = wanted === undefined || Number.isNaN(floor.median) ? wanted : reachable(wanted, floor, atLeast)
  const met = bar === undefined ? null : atLeast ? compared.median >= bar : compared.median <= bar
  return {
    ...measured,
    floor,
    bar: bar ?? null,
    atLeast: atLeast ?? false,
    prototype: prototype ?? null,
    reach: reach ?? null,
    met,
  }
}

function reachable(bar: number, { median }: Spread, atLeast = false): number {
  return atLeast ? Math.min(bar, median / aboveFloor) : Math.max(bar, median * aboveFloor)
}

export function resultOf(row: Row, line: Line, rounds: readonly Round[]): Result {
  const compare = line.compare ?? ((ours, bare) => line.value(ours) / line.value(bare))
  const measured = {
    row: row.id,
    title: row.title,
    mode: line.mode,
    of: line.of,
    unit: line.unit,
    ours: spread(rounds.map(({ samples }) => line.value(samples[line.mode]))),
    bare: spread(rounds.map(({ samples }) => line.value(samples.bare))),
    compared: spread(rounds.map(({ samples, diskMs }) => compare(samples[line.mode], samples.bare, diskMs))),
    floor: spread(
      row.hasFloor
        ? rounds.map(({ samples, diskMs }) => compare(samples[`floor ${line.mode}`], samples.bare, diskMs))
        : [],
    ),
  }
  return judge(measured, line)
}

export function short(value: number): string {
  const size = Math.abs(value)
  return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(size < 0.1 ? 3 : 2)
}

function cells(result: Result): string[] {
  const { title, mode, of, unit, ours, bare, compared, floor, bar, atLeast, reach, met } = result
  return [
    title,
    mode,
    of,
    `${short(ours.median)} ${unit}`,
    Number.isNaN(bare.median) ? '–' : short(bare.median),
    `${short(compared.median)} (${short(compared.min)}–${short(compared.max)})`,
    bar === null ? '–' : `${atLeast ? '≥' : '≤'} ${short(bar)}`,
    met === null ? '' : met ? 'met' : 'missed',
    Number.isNaN(floor.median) ? '–' : short(floor.median),
    reach ?? '–',
  ]
}

const heading = ['work', 'mode', 'of', 'ours', 'bare', 'compared (min–max)', 'bar', '', 'floor', 'reach']

export function asTable(results: readonly Result[]): string {
  return alignColumns([heading, ...results.map(cells)])
}

/** A table as people read it; the first row is its heading, and a title is printed only where it changes. */
export function alignColumns(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  let title = ''
  return rows
    .map((row) => {
      const shown = row[0] === title ? ['', ...row.slice(1)] : row
      title = row[0] ?? ''
      return shown
        .map((cell, column) => cell.padEnd(widths?.[column] ?? 0))
        .join('  ')
        .trimEnd()
    })
    .join('\n')
}
