import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { openLink } from '../../../packages/server/src/testing/index.ts'
import { type ProgramNews, type ProgramPlan, write } from './program.ts'

const program = fileURLToPath(new URL('program-process.ts', import.meta.url))
const deadlineMs = 120_000

/** A program that writes an answer. */
export class Author {
  step: number
  #sent: string | null = null
  #isGone = false
  readonly #kill: () => void

  /** @param begin begins to write, and answers what kills the program */
  constructor(
    plan: ProgramPlan,
    begin: (tell: (news: ProgramNews) => void, onGone: () => void) => () => void,
  ) {
    this.step = plan.from
    this.#kill = begin(
      ({ step, sent }) => {
        this.step = step
        this.#sent = sent
      },
      () => {
        this.#isGone = true
      },
    )
  }

  async untilStep(step: number): Promise<void> {
    await this.#until(() => this.step >= step)
  }

  /** What it has sent, once it has. */
  async ended(): Promise<string> {
    await this.#until(() => this.#sent !== null)
    return this.#sent ?? ''
  }

  kill(): void {
    this.#kill()
  }

  async #until(isSo: () => boolean): Promise<void> {
    for (const from = performance.now(); !isSo(); ) {
      const isLate = performance.now() - from > deadlineMs
      if (this.#isGone || isLate) throw new Error(`The program has ended at step ${this.step}`)
      await new Promise((resolve) => setTimeout(resolve, 10))
    }
  }
}

export type Begin = (plan: ProgramPlan) => Author

/** In a process of its own. */
export const forked: Begin = (plan) =>
  new Author(plan, (tell, onGone) => {
    const child = fork(program, [JSON.stringify(plan)], { execArgv: process.execArgv })
    child.on('message', (news) => tell(news as ProgramNews))
    child.once('exit', onGone)
    return () => child.kill('SIGKILL')
  })

/** In this process; killing it takes its connection away. */
export const local: Begin = (plan) =>
  new Author(plan, (tell) => {
    const opening = openLink(plan.url)
    const writing = opening.then(({ url }) => write({ ...plan, url }, tell))
    // What it cannot send any more.
    writing.then(({ done }) => done).catch(() => undefined)
    return () => {
      void opening.then(async (link) => {
        await link.close()
        await (await writing).close()
      })
    }
  })
