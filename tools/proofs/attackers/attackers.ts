import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { AttackName } from './attacks.ts'

export interface Orders {
  readonly names: readonly AttackName[]
  readonly target: 'server' | 'sink'
  readonly port: number
  readonly durationMs: number
  readonly workspace: string
  readonly key: string
}

/** What an attacker has got from the server. */
export interface Told {
  readonly sent: number
  readonly connections: number
  /** Handshakes that were refused. */
  readonly refused: number
  /** From its first frame to the first answer that refuses something, or from a handshake to its refusal. */
  readonly toldMs: number | undefined
  /** How long its longest connection went on after its first frame. */
  readonly longestMs: number
}

export interface Report extends Told {
  readonly name: AttackName
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const program = fileURLToPath(new URL('./program.ts', import.meta.url))

/** A process of attackers that waits for its beginning. */
export class Attackers {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  static async ready(orders: Orders): Promise<Attackers> {
    const child = spawn(process.execPath, ['--import', 'tsx', program, JSON.stringify(orders)], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    await once(child, 'message')
    return new Attackers(child)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Resolves when they have ended. */
  async run(): Promise<readonly Report[]> {
    const reported = once(this.#child, 'message')
    this.#child.send('begin')
    const [{ reports }] = (await reported) as [{ reports: readonly Report[] }]
    this.#child.disconnect()
    return reports
  }
}
