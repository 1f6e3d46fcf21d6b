import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readlinkSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Program, programArgs } from '../stores/server-process.ts'
import { within } from '../stores/within.ts'

/** What the server uses. */
export interface Usage {
  readonly pid: number
  readonly heapMiB: number
  readonly externalMiB: number
  readonly rssMiB: number
  readonly sockets: number
  /** Descriptors that are no sockets: files, pipes, what the event loop needs. */
  readonly otherDescriptors: number
  /** What keeps the event loop alive, by its kind. */
  readonly resources: Readonly<Record<string, number>>
}

interface Probed {
  readonly pid: number
  readonly heapUsed: number
  readonly external: number
  readonly rss: number
  readonly resources: Readonly<Record<string, number>>
}

export const key = 'shop-key-with-more-than-32-letters'
const pageKey = 'old-page-key'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const probe = fileURLToPath(new URL('./probe.mjs', import.meta.url))
const deadlineMs = 60_000

/** The executable with its default limits: `old` takes V2's pages, and both workspaces admit guests. */
export class SoakServer {
  readonly url: string
  readonly #child: ChildProcess
  readonly #log: () => string

  private constructor(child: ChildProcess, url: string, log: () => string) {
    this.#child = child
    this.url = url
    this.#log = log
  }

  static async start(program: Program, folder: string): Promise<SoakServer> {
    const args = ['--expose-gc', '--import', probe, ...programArgs(program)]
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: {
        ...{
          PATH: process.env.PATH,
          NODE_ENV: 'production',
          LOG_LEVEL: 'error',
          HOST: '127.0.0.1',
          PORT: '0',
        },
        ...{ WORKSPACES: `shop:${key},old:${pageKey}`, GUESTS: 'shop,old', V2_WORKSPACE: 'old' },
        ...{ KEY_PEPPER: 'a pepper of the proofs', DATA_DIR: folder },
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    let log = ''
    child.stderr?.on('data', (text: Buffer) => {
      log = `${log}${text}`.slice(-20_000)
    })
    const listens = new Promise<string>((resolve, reject) => {
      let said = ''
      child.stdout?.on('data', (text: Buffer) => {
        said += String(text)
        const [, url] = /listens on (http:\S+)/.exec(said) ?? []
        if (url !== undefined) resolve(url)
      })
      child.once('exit', () => reject(new Error(`The server did not start: ${log}`)))
    })
    return new SoakServer(child, await within(listens, deadlineMs, 'It did not listen'), () => log)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  /** Errors that it has logged, and how it ended if it has: an unhandled rejection ends it. */
  get problems(): readonly string[] {
    const { exitCode, signalCode } = this.#child
    const end = exitCode ?? signalCode
    const lines = this.#log()
      .split('\n')
      .filter((line) => line !== '')
    return end === null ? lines : [...lines, `The server ended: ${end}`]
  }

  async usage(options: { readonly isCollected: boolean }): Promise<Usage> {
    const answered = once(this.#child, 'message')
    this.#child.send(options)
    const [probed] = (await within(answered, deadlineMs, 'The probe did not answer')) as [Probed]
    const links = this.#links()
    const sockets = links.filter((link) => link.startsWith('socket:')).length
    return {
      pid: probed.pid,
      heapMiB: mebibytes(probed.heapUsed),
      externalMiB: mebibytes(probed.external),
      rssMiB: mebibytes(probed.rss),
      sockets,
      otherDescriptors: links.length - sockets,
      resources: probed.resources,
    }
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const exited = once(this.#child, 'exit')
    const late = setTimeout(() => this.#child.kill('SIGKILL'), deadlineMs)
    this.#child.kill('SIGTERM')
    await exited
    clearTimeout(late)
  }

  #links(): string[] {
    const folder = `/proc/${this.pid}/fd`
    return readdirSync(folder).flatMap((name) => {
      try {
        return [readlinkSync(`${folder}/${name}`)]
      } catch {
        return [] // closed meanwhile
      }
    })
  }
}

function mebibytes(bytes: number): number {
  return Math.round((bytes / 1_048_576) * 10) / 10
}
