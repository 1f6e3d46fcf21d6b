import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { within } from '../stores/within.ts'
import type { Report } from './ledger.ts'

export interface CrowdOrders {
  readonly rooms: readonly string[]
  readonly seed: number
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const program = fileURLToPath(new URL('./program.ts', import.meta.url))
const deadlineMs = 120_000

/** A crowd of innocents in a process of its own, which waits for its beginning. */
export class Crowd {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  static async ready(orders: CrowdOrders): Promise<Crowd> {
    const source = ['--conditions=@dowellchat/source', '--import', 'tsx', program]
    const child = spawn(process.execPath, [...source, JSON.stringify(orders)], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    await within(once(child, 'message'), deadlineMs, 'The crowd did not begin')
    return new Crowd(child)
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  begin(url: string): void {
    this.#child.send({ url })
  }

  /** Lets everybody finish and go; its connections end with it. */
  async end(): Promise<Report> {
    const reported = once(this.#child, 'message')
    const exited = once(this.#child, 'exit')
    this.#child.send('end')
    const [report] = (await within(reported, deadlineMs, 'The crowd did not end')) as [Report]
    this.abandon()
    await exited
    return report
  }

  /** Ends its process, whatever it is about. */
  abandon(): void {
    if (this.#child.connected) this.#child.disconnect()
  }
}
