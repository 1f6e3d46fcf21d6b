import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import { programCommand } from './programs.ts'

const repository = fileURLToPath(new URL('../../../..', import.meta.url))
const deadlineMs = 20_000

export interface ServerProcessOptions {
  /** The whole configuration: nothing of the test's own environment reaches the server. */
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** A module that runs before the server, in each of its threads. */
  readonly preload?: string
  /** The user that it runs as; only root can choose another one. */
  readonly uid?: number
}

/** The executable as a process of its own, which ends with the test. */
export class ServerProcess {
  readonly #child: ChildProcess
  readonly #exited: Promise<unknown>
  stdout = ''
  stderr = ''

  constructor({ env = {}, args = [], preload, uid }: ServerProcessOptions) {
    const imports = preload === undefined ? {} : { NODE_OPTIONS: `--import=${preload}` }
    const { PATH = '', TMPDIR } = process.env
    const [command, ...words] = programCommand('main', ...args)
    this.#child = spawn(command, words, {
      cwd: repository,
      env: { PATH, ...(TMPDIR !== undefined && { TMPDIR }), ...imports, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(uid !== undefined && { uid, gid: uid }),
    })
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    // 'close' and not 'exit', so that all its output has been read.
    this.#exited = once(this.#child, 'close')
    onTestFinished(() => this.stop('SIGKILL').then(() => undefined))
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get url(): string {
    return /listens on (http:\/\/\S+)/.exec(this.stdout)?.[1] ?? ''
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal)
  }

  /** Resolves to the exit code, or null if a signal ended it. Kills it and rejects if it keeps running. */
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

/** The configuration of a workspace `shop` with the key `shop-key`, on a free port. */
export function shop(dataDir: string, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    WORKSPACES: 'shop:shop-key',
    KEY_PEPPER: 'a pepper of the tests',
    DATA_DIR: dataDir,
    HOST: '127.0.0.1',
    PORT: '0',
    ...more,
  }
}

/** Starts the executable and waits until it listens. */
export async function startProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const server = new ServerProcess(options)
  await server.listening()
  return server
}

/** An empty folder, which is removed with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}
