import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const repository = fileURLToPath(new URL('../../../..', import.meta.url))
const deadlineMs = 30_000

export interface ExecutableOptions {
  readonly command: readonly [file: string, ...args: string[]]
  /** The whole configuration: nothing of our own environment reaches the server. */
  readonly env: Readonly<Record<string, string>>
  /** The user it runs as; only root may name somebody else. */
  readonly uid?: number | undefined
}

/** The executable as a process of its own. Its owner has to end it. */
export class ExecutableProcess {
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>
  stdout = ''
  stderr = ''

  constructor({ command: [file, ...args], env, uid }: ExecutableOptions) {
    const { PATH = '', TMPDIR } = process.env
    this.#child = spawn(file, args, {
      cwd: repository,
      env: { PATH, ...(TMPDIR !== undefined && { TMPDIR }), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid !== undefined && { uid, gid: uid }),
    })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    // 'close' rather than 'exit': everything that it wrote has then been read.
    this.#exited = once(this.#child, 'close')
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Its warnings and errors: what it wrote to stderr, without the lines that only inform, or say that a busy disk lets it wait. */
  get problems(): string[] {
    const isProblem = (line: string): boolean =>
      line !== '' && !/^{"level":30,|"The data folder is not open yet/.test(line)
    return this.stderr.split('\n').filter(isProblem)
  }

  /** The signal that ended it; null before, and where it has exited by itself. */
  get endedBy(): NodeJS.Signals | null {
    return this.#child.signalCode
  }

  /** Where it listens; '' before. */
  get url(): string {
    return /listens on (http:\/\/\S+)/.exec(this.stdout)?.[1] ?? ''
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Resolves with the exit code; null where a signal ended it. Rejects, and ends it, where it goes on running. */
  async exited(withinMs = deadlineMs): Promise<number | null> {
    await this.#within(this.#exited, 'did not exit', withinMs)
    return this.#child.exitCode
  }

  async stop(signal: NodeJS.Signals): Promise<number | null> {
    this.signal(signal)
    return this.exited()
  }

  /** Resolves when it listens. */
  async listening(): Promise<void> {
    const listens = new Promise<void>((resolve) => {
      const look = (): void => {
        if (this.url !== '') resolve()
      }
      this.#child.stdout?.on('data', look)
      look()
    })
    const ends = this.#exited.then(() =>
      Promise.reject(new Error(`The server did not start: ${this.stderr}`)),
    )
    await this.#within(Promise.race([listens, ends]), 'did not listen')
  }

  async #within(condition: Promise<unknown>, problem: string, withinMs = deadlineMs): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        this.signal('SIGKILL')
        reject(
          new Error(`The server ${problem} within ${withinMs} ms. It said: ${this.stdout}${this.stderr}`),
        )
      }, withinMs)
    })
    await Promise.race([condition, late]).finally(() => clearTimeout(timer))
  }
}
