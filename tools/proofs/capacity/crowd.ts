import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** Connections to open: users `first` to `first + count`, from one address. */
export interface Order {
  readonly port: number
  readonly from: string
  readonly first: number
  readonly count: number
}

/** What has become of a process's connections. */
export interface Answer {
  readonly open: number
  /** Those that the server has closed. */
  readonly lost: number
  readonly failures: number
  readonly failure: string | null
}

interface Child {
  readonly child: ChildProcess
  answer: Answer
  asked: number
}

/** A process may have 20,000 open files on a usual machine, and an address has 28,000 ports. */
const mostOfOne = 10_000
const root = fileURLToPath(new URL('../../..', import.meta.url))
const program = fileURLToPath(new URL('./crowd-program.ts', import.meta.url))

/** Idle connections, held by processes and coming from addresses of their own. */
export class Crowd {
  readonly #port: number
  readonly #children: Child[] = []

  constructor(port: number) {
    this.#port = port
  }

  get open(): number {
    return this.#sum(({ open }) => open)
  }

  get lost(): number {
    return this.#sum(({ lost }) => lost)
  }

  get failures(): number {
    return this.#sum(({ failures }) => failures)
  }

  /** What the last connection that failed said. */
  get failure(): string | null {
    return this.#children.map(({ answer }) => answer.failure).findLast((one) => one !== null) ?? null
  }

  /** Opens connections until there are so many, or no more are let in. */
  async growTo(count: number): Promise<void> {
    for (;;) {
      const asked = this.#children.reduce((sum, one) => sum + one.asked, 0)
      if (asked >= count || this.failures > 0) return
      const last = this.#children.at(-1)
      if (!last || last.asked === mostOfOne) await this.#startOne()
      else await this.#order(last, asked, Math.min(count - asked, mostOfOne - last.asked))
    }
  }

  stop(): void {
    for (const { child } of this.#children) child.kill('SIGKILL')
  }

  async #startOne(): Promise<void> {
    const execArgv = ['--conditions=@dowellchat/source', '--import', 'tsx']
    const child = fork(program, { cwd: root, execArgv })
    const [answer] = (await once(child, 'message')) as [Answer]
    this.#children.push({ child, answer, asked: 0 })
  }

  async #order(to: Child, first: number, count: number): Promise<void> {
    const order: Order = { port: this.#port, from: `127.0.1.${this.#children.length}`, first, count }
    to.child.send(order)
    const [answer] = (await once(to.child, 'message')) as [Answer]
    to.answer = answer
    to.asked += count
  }

  #sum(read: (answer: Answer) => number): number {
    return this.#children.reduce((sum, { answer }) => sum + read(answer), 0)
  }
}
