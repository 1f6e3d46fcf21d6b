import { setTimeout as pause } from 'node:timers/promises'
import type { ExecutableProcess } from '../../../packages/server/tests/support/executable-process.ts'
import { between, type Random } from '../stores/random.ts'
import type { Faults } from './client-storm.ts'

const frozenMs = 4_000

/** Errors that nobody planned: a server that stood still rightly says that its disk did not answer in time. */
function isWrong(line: string): boolean {
  return /unhandled|"level":[56]0/i.test(line) && !line.includes('StoreUnavailableError')
}

/** A server that is killed, stopped, frozen, and started again. */
export class FragileServer {
  readonly #open: () => Promise<ExecutableProcess>
  #process: ExecutableProcess | undefined
  /** What it has logged that should not happen. */
  readonly problems: string[] = []

  /** @param open starts it, on the same data each time */
  constructor(open: () => Promise<ExecutableProcess>) {
    this.#open = open
  }

  /** Where it listens; the last address while it is down. */
  get url(): string {
    return this.#process?.url ?? ''
  }

  async start(): Promise<void> {
    this.#process = await this.#open()
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
    const code = await this.#process?.stop(signal)
    const logged = this.#process?.problems.filter(isWrong) ?? []
    this.problems.push(...logged.slice(0, 3))
    return code ?? null
  }
}

/** Breaks the server at times until it is told to stop; it runs afterwards. Answers what it has done. */
export async function serverStorm(
  server: FragileServer,
  random: Random,
  everyMs: number,
  signal: AbortSignal,
): Promise<Faults> {
  const done: Faults = {}
  const kinds = ['SIGKILL', 'SIGTERM', 'frozen'] as const
  for (let nth = 0; ; nth++) {
    await pause(everyMs, undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return done
    const kind = kinds[nth % kinds.length] ?? 'SIGKILL'
    done[kind] = (done[kind] ?? 0) + 1
    if (kind === 'frozen') {
      await server.freeze()
      continue
    }
    await (kind === 'SIGKILL' ? server.kill() : server.stop())
    await pause(between(random, 0, 1_000))
    await server.start()
  }
}
