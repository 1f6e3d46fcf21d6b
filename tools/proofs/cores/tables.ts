import { alignColumns, short } from '../bench/results.ts'
import type { Waits } from './reads.ts'
import type { Figures } from './run.ts'

function gainsTable({ gains }: Figures): string {
  const heading = [
    'work',
    'mode',
    'main µs',
    'store µs',
    'rest µs',
    'load µs',
    'at most',
    '/s on one core',
    'on two',
    'gained (min–max)',
  ]
  const rows = gains.map(({ title, mode, cpuUs, loadUs, bound, one, two, gained }) => [
    title,
    mode,
    ...[cpuUs.main, cpuUs.store, cpuUs.rest, loadUs, bound, one.median, two.median].map(short),
    `${short(gained.median)} (${short(gained.min)}–${short(gained.max)})`,
  ])
  return alignColumns([heading, ...rows])
}

function parsingTable({ parsing }: Figures): string {
  const heading = ['32 messages parsed and validated', 'main µs/message', 'all threads']
  const rows = parsing.map(({ way, main, all }) => [
    way === 'here' ? way : `in a thread, ${way}`,
    short(main),
    short(all),
  ])
  return alignColumns([heading, ...rows])
}

function deflatingTable({ deflating }: Figures): string {
  const heading = ['frame', 'permessage-deflate', 'bytes', 'main µs/frame', 'all threads']
  const byFrame = deflating.toSorted((a, b) => a.plainBytes - b.plainBytes)
  const rows = byFrame.map(({ frame, setting, bytes, main, all }) => [
    frame,
    setting,
    ...[bytes, main, all].map(short),
  ])
  return alignColumns([heading, ...rows])
}

function processesTable({ processes }: Figures): string {
  const heading = ['messages to a store and back', 'in a batch', 'main µs/message', 'all threads']
  return alignColumns([
    heading,
    ...processes.map(({ way, size, main, all }) => [way, String(size), short(main), short(all)]),
  ])
}

function waitsTable(of: string, waits: readonly Waits[]): string {
  const heading = [`${of}, beside`, 'appends', 'p50 ms', 'p99 ms', 'reads/s', 'read p50 ms']
  const rows = waits.map(({ beside, appends, p50Ms, p99Ms, readsPerSecond, readP50Ms }) => [
    beside,
    String(appends),
    ...[p50Ms, p99Ms, readsPerSecond, readP50Ms].map((value) => (Number.isNaN(value) ? '–' : short(value))),
  ])
  return alignColumns([heading, ...rows])
}

export function describe(figures: Figures): string {
  return [
    gainsTable(figures),
    'The load has one of the cores; with two, the server shares that one with it.',
    parsingTable(figures),
    deflatingTable(figures),
    processesTable(figures),
    waitsTable('Appends of a server', figures.reads),
    waitsTable('Appends of the store alone', figures.secondThread),
  ].join('\n\n')
}
