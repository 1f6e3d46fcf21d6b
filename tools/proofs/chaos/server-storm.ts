import { setTimeout as pause } from 'node:timers/promises'
import type { ExecutableProcess } from '../../../packages/server/tests/support/executable-process.ts'
import { between, type Random } from '../stores/random.ts'
import type { Faults } from './client-storm.ts'

const frozenMs = 4_000
const mostStarts = 5
const unfinished = 'could not be finished in time'

/** Errors that nobody planned: a server that stood still rightly says that its disk did not answer in time. */
function isWrong(line: string): boolean {
  return (
    /unhandled|"level":[56]0/i.test(line) &&
    ![unfinished, 'StoreUnavailableError'].some((one) => line.includes(one))
  )
}

/** A server that is killed, stopped, frozen, and started again. */
export class FragileServer {
  readonly #open: () => Promise<ExecutableProcess>
  #process: ExecutableProcess | undefined
  #isUp = false
  /** What it has logged that should not happen. */
  readonly problems: string[] = []
  /** How many SIGTERMs ended before all that was under way had its answer: clients repeat it. */
  unfinishedStops = 0

  /** @param open starts it, on the same data each time */
  constructor(open: () => Promise<ExecutableProcess>) {
    this.#open = open
  }

  /** Where it listens; the last address while it is down. */
  get url(): string {
    return this.#process?.url ?? ''
  }

  /** Whether it listens, as far as a load balancer knows: one that stands still does too. */
  get isUp(): boolean {
    return this.#isUp
  }

  /** Starts it, again and again as a supervisor does, where its database is too busy to answer. */
  async start(): Promise<void> {
    for (let tries = 1; !this.#isUp; tries++) {
      try {
        this.#process = await this.#open()
        this.#isUp = true
      } catch (error) {
        if (tries >= mostStarts) throw error
      }
    }
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  async stop(): Promise<void> {
    const code = await this.#end('SIGTERM')
    if (code !== 0) this.problems.push(`The server's exit code is ${code}`)
  }

  /** The process stands still, with its connections open. */
  async freeze(): Promise<void> {
    this.#process?.signal('SIGSTOP')
    await pause(frozenMs)
    this.#process?.signal('SIGCONT')
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    this.#isUp = false
    const code = await this.#process?.stop(signal)
    const logged = this.#process?.problems ?? []
    this.problems.push(...logged.filter(isWrong).slice(0, 3))
    if (logged.some((line) => line.includes(unfinished))) this.unfinishedStops += 1
    return code ?? null
  }
}

export const serverFaults = ['SIGKILL', 'SIGTERM', 'frozen'] as const

/** Breaks a server once; it runs afterwards. */
export async function breakServer(
  server: FragileServer,
  kind: (typeof serverFaults)[number],
  random: Random,
): Promise<void> {
  if (kind === 'frozen') return server.freeze()
  await (kind === 'SIGKILL' ? server.kill() : server.stop())
  await pause(between(random, 0, 1_000))
  await server.start()
}

/** Does one thing after the other, each after a pause, until it is told to stop. Answers what it has done. */
export async function oneByOne<Kind extends string>(
  kinds: readonly Kind[],
  everyMs: number,
  signal: AbortSignal,
  run: (kind: Kind) => Promise<void>,
): Promise<Faults> {
  const done: Faults = {}
  for (let nth = 0; ; nth++) {
    await pause(everyMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return done
    const kind = kinds[nth % kinds.length] as Kind
    done[kind] = (done[kind] ?? 0) + 1
    await run(kind)
  }
}

/** Breaks the server at times until it is told to stop; it runs afterwards. Answers what it has done. */
export function serverStorm(
  server: FragileServer,
  random: Random,
  everyMs: number,
  signal: AbortSignal,
): Promise<Faults> {
  return oneByOne(serverFaults, everyMs, signal, (kind) => breakServer(server, kind, random))
}
