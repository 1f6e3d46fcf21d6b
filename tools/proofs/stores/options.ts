import type { Driver } from './place.ts'

const drivers: readonly Driver[] = ['embedded', 'mongo']

/** The options of one run: `pnpm prove stores --quick --only kills,fsync --driver embedded`. */
export interface Options {
  /** Small numbers, a minute or two: for looking, not for publishing. */
  readonly quick: boolean
  /** The parts to run; empty for all. */
  readonly only: readonly string[]
  readonly drivers: readonly Driver[]
}

function option(flag: string): string | undefined {
  const at = process.argv.indexOf(`--${flag}`)
  return at < 0 ? undefined : process.argv[at + 1]
}

export function readOptions(): Options {
  const wanted = option('driver')
  return {
    quick: process.argv.includes('--quick'),
    only: option('only')?.split(',') ?? [],
    drivers: drivers.filter((driver) => wanted === undefined || driver === wanted),
  }
}

/** The sizes of all parts. `quick` keeps the shape and shrinks the numbers. */
export function sizes({ quick }: Options) {
  return {
    killRuns: quick ? 8 : 200,
    runsOfPlace: quick ? 4 : 10,
    killAfterMs: { from: 100, to: quick ? 1_500 : 3_000 },
    messages: quick ? 20_000 : 1_000_000,
    tickets: quick ? 500 : 2_000,
    reads: quick ? 200 : 1_000,
    throughputRounds: quick ? 2 : 7,
    throughputSeconds: quick ? 1 : 3,
    /** Messages to one room, in each round of one process and of two. */
    sharedMessages: quick ? 500 : 5_000,
    sharedRounds: quick ? 2 : 5,
    moved: quick ? { messages: 4_000, tickets: 200 } : { messages: 200_000, tickets: 2_000 },
  }
}
export type Sizes = ReturnType<typeof sizes>
