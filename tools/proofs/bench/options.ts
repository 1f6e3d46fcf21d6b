/** The options of a run, such as `pnpm prove bench --quick --only burst --cpu-prof`. */
export interface Options {
  /** Small numbers, in about a minute, for use while changing code. */
  readonly quick: boolean
  /** Runs only rows whose id contains one of these; empty for all. */
  readonly only: readonly string[]
  /** Compares bare servers with a bare one, to see how far the method itself strays from 1. */
  readonly control: boolean
  /** The number of rounds that count, if not the default. */
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

/** The sizes of everything in a run; `quick` shrinks them. */
export function sizes({ quick, rounds = quick ? 2 : 7 }: Options) {
  return {
    /** One more than count: the first round is a second warm-up. */
    rounds: rounds + 1,
    /** Multiplies how often a cell repeats its work. */
    scale: quick ? 0.25 : 1,
    warmConnections: quick ? 300 : 1_000,
    /** Times 50 messages: 100,000 rows. */
    filledRooms: quick ? 300 : 2_000,
    /** How often a disturbed round of a row is played at most, and until which minute of the run. */
    tries: quick ? 1 : 3,
    patienceMinutes: 7,
    idleConnections: quick ? 1_000 : 2_000,
    memoryRounds: quick ? 1 : 3,
    fsyncMessages: quick ? 2_000 : 10_000,
  }
}
export type Sizes = ReturnType<typeof sizes>
