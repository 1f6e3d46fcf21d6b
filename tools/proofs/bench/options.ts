/** The options of one run: `pnpm prove bench --quick --only burst --cpu-prof`. */
export interface Options {
  /** Small numbers, about a minute: for iterating, not for publishing. */
  readonly quick: boolean
  /** Runs only rows whose id contains one of these; empty for all. */
  readonly only: readonly string[]
  /** Compares two bare servers, to see what the method reports when there is no difference. */
  readonly control: boolean
  /** How many rounds count, if not the usual number. */
  readonly rounds: number | undefined
  /** Profiles our server and bare, row by row. */
  readonly profile: boolean
}

function isSet(flag: string): boolean {
  return process.argv.includes(`--${flag}`)
}

function argumentOf(flag: string): string | undefined {
  const at = process.argv.indexOf(`--${flag}`)
  return at < 0 ? undefined : process.argv[at + 1]
}

export function readOptions(): Options {
  const rounds = Number(argumentOf('rounds') ?? 0)
  return {
    quick: isSet('quick'),
    only: argumentOf('only')?.split(',') ?? [],
    rounds: rounds > 0 ? rounds : undefined,
    control: isSet('control'),
    profile: isSet('cpu-prof'),
  }
}

/** Whether the run is to play a row. */
export function isWanted(id: string, { only }: Options): boolean {
  return only.length === 0 || only.some((part) => id.includes(part))
}

/** The sizes of all rows. `quick` keeps the shape and shrinks the numbers. */
export function sizes({ quick, rounds = quick ? 2 : 7 }: Options) {
  return {
    /** The first round only warms up what the warm-up did not reach, and is not counted. */
    rounds: rounds + 1,
    /** One for how often a cell repeats its work; sizes below are for 1. */
    scale: quick ? 0.25 : 1,
    warmConnections: quick ? 300 : 1_000,
    /** Times 50 messages: 100,000 rows. */
    filledRooms: quick ? 300 : 2_000,
    /** How often a round of a row is repeated when other processes disturb it, and for how long at most. */
    tries: quick ? 1 : 3,
    patienceMinutes: 7,
    idleConnections: quick ? 1_000 : 2_000,
    memoryRounds: quick ? 1 : 3,
    fsyncMessages: quick ? 2_000 : 10_000,
  }
}
export type Sizes = ReturnType<typeof sizes>
