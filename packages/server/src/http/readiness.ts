import type { ServersSeen } from '../nodes/nodes.ts'
import { within } from '../queues/within.ts'
import { LoopWatch } from './loop-watch.ts'

/** Why a server should get no new clients now. */
export interface NotReady {
  readonly code: 'stopping' | 'store' | 'loop'
  /** For people. */
  readonly message: string
}

/** Whether a server should get new clients. */
export interface Ready {
  readonly ready: boolean
  readonly reasons: readonly NotReady[]
  /** Where several servers may share the store. It does not decide: a server without Redis serves its clients. */
  readonly servers?: ServersSeen
}

export interface ReadinessOptions {
  /** Reads something tiny; answers what is wrong with the store, and may reject if it cannot be read. */
  readonly askStore: () => Promise<string | undefined>
  /** How this server stands to others; undefined where there can be none. */
  readonly servers?: () => ServersSeen | undefined
  /** How long the store may take. */
  readonly storeMs: number
  /** How late the event loop may be. */
  readonly loopMs: number
}

/** The store is asked at most so often, however many probes ask. */
const cachedMs = 1_000

const stopping: NotReady = { code: 'stopping', message: 'The server is stopping' }
const blocked: NotReady = { code: 'loop', message: 'The event loop was blocked in the last seconds' }

/** Whether a load balancer should send clients here. */
export class Readiness {
  readonly #options: ReadinessOptions
  readonly #loop: LoopWatch
  #isStopping = false
  #asked: { readonly at: number; readonly answer: Promise<NotReady | undefined> } | undefined
  #isAsking = false

  constructor(options: ReadinessOptions) {
    this.#options = options
    this.#loop = new LoopWatch(options.loopMs)
  }

  /** From now on the server is not ready. */
  stop(): void {
    this.#isStopping = true
    this.#loop.stop()
  }

  async check(): Promise<Ready> {
    if (this.#isStopping) return { ready: false, reasons: [stopping] }
    const store = await this.#store()
    const reasons = [
      ...(this.#isStopping ? [stopping] : []),
      ...(store ? [store] : []),
      ...(this.#loop.isBlocked ? [blocked] : []),
    ]
    return { ready: reasons.length === 0, reasons, ...this.#servers() }
  }

  #servers(): Pick<Ready, 'servers'> {
    const servers = this.#options.servers?.()
    return servers ? { servers } : {}
  }

  #store(): Promise<NotReady | undefined> {
    const now = performance.now()
    if (this.#asked && (this.#isAsking || now - this.#asked.at < cachedMs)) return this.#asked.answer
    this.#isAsking = true
    const answer = this.#problemOfStore().finally(() => {
      this.#isAsking = false
    })
    this.#asked = { at: now, answer }
    return answer
  }

  async #problemOfStore(): Promise<NotReady | undefined> {
    const { askStore, storeMs } = this.#options
    const asked = askStore().catch(() => 'The store cannot be read')
    const done = await within(storeMs, asked)
    const message = done ? done.answer : `The store has not answered within ${storeMs} ms`
    return message === undefined ? undefined : { code: 'store', message }
  }
}
