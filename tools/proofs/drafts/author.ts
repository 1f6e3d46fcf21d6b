import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { ProgramNews, ProgramPlan } from './program.ts'

const program = fileURLToPath(new URL('program-process.ts', import.meta.url))
const deadlineMs = 120_000

/** A program in a process of its own. */
export class Author {
  readonly #child: ChildProcess
  #isGone = false
  step = 0
  sent: string | null = null

  constructor(plan: ProgramPlan) {
    this.step = plan.from
    this.#child = fork(program, [JSON.stringify(plan)], { execArgv: process.execArgv })
    this.#child.once('exit', () => {
      this.#isGone = true
    })
    this.#child.on('message', ({ step, sent }: ProgramNews) => {
      this.step = step
      this.sent = sent
    })
  }

  async untilStep(step: number): Promise<void> {
    await this.#until(() => this.step >= step)
  }

  /** What it has sent, once it has. */
  async ended(): Promise<string> {
    await this.#until(() => this.sent !== null)
    return this.sent ?? ''
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  async #until(isSo: () => boolean): Promise<void> {
    for (const from = performance.now(); !isSo(); ) {
      if (this.#isGone || performance.now() - from > deadlineMs)
        throw new Error(`The program is at step ${this.step}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}
