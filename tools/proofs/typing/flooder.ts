import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Flooded, FloodPlan } from './flood.ts'

export type FloodOrder = 'start' | 'pause'

const program = fileURLToPath(new URL('./flood-process.ts', import.meta.url))

/** A flood in a process of its own. */
export class Flooder {
  readonly #child: ChildProcess
  flooded: Flooded = { typing: 0, settings: 0, comings: 0 }

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Resolves once everybody is in. */
  static async open(plan: FloodPlan): Promise<Flooder> {
    const child = fork(program, [JSON.stringify(plan)], { execArgv: process.execArgv })
    await once(child, 'message')
    return new Flooder(child)
  }

  async order(order: FloodOrder): Promise<void> {
    this.#child.send(order)
    const [flooded] = (await once(this.#child, 'message')) as [Flooded]
    this.flooded = flooded
  }

  close(): void {
    this.#child.kill('SIGKILL')
  }
}
