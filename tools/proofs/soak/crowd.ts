import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { within } from '../stores/within.ts'
import type { Report } from './ledger.ts'

export interface CrowdOrders {
  readonly url: string
  readonly rooms: readonly string[]
  readonly seed: number
}

const root = fileURLToPath(new URL('../../../', import.meta.url))
const program = fileURLToPath(new URL('./program.ts', import.meta.url))
const deadlineMs = 120_000

/** A crowd of innocents in a process of its own. */
export class Crowd {
  readonly #child: ChildProcess

  constructor(orders: CrowdOrders) {
    const source = ['--conditions=@dowellchat/source', '--import', 'tsx', program]
    this.#child = spawn(process.execPath, [...source, JSON.stringify(orders)], {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
  }

  get pid(): number {
    return this.#child.pid ?? 0
  }

  /** Lets everybody finish and go; its connections end with it. */
  async end(): Promise<Report> {
    const reported = once(this.#child, 'message')
    const exited = once(this.#child, 'exit')
    this.#child.send('end')
    const [report] = (await within(reported, deadlineMs, 'The crowd did not end')) as [Report]
    this.#child.disconnect()
    await exited
    return report
  }
}
