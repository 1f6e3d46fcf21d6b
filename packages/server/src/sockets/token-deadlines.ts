import { leewayMs } from '../identity/identity.ts'
import { dateNow, repeat } from '../time.ts'
import type { ChatSocket } from './socket.ts'

/** A token's user is told this long before it expires, or at half of what is left. */
const noticeMs = 60_000
const tickMs = 1_000
/** So many are looked at one after the other. */
const mostTicks = 60

/** What to do about a socket whose token expires. */
export interface DeadlineActions {
  warn(socket: ChatSocket, expiresAt: number): void
  end(socket: ChatSocket): void
}

interface Plan {
  /** The tick, counted from 1970, at which its next step is due. */
  readonly tick: number
  readonly isWarned: boolean
}

/**
 * The times at which tokens of open connections expire. One timer for all of them, which looks once a second at those that
 * are due in it; a socket without a token that expires costs nothing.
 */
export class TokenDeadlines {
  readonly #actions: DeadlineActions
  readonly #plans = new Map<ChatSocket, Plan>()
  readonly #due = new Map<number, Set<ChatSocket>>()
  #tick = tickOf(dateNow())
  /** Stops looking. */
  readonly stop: () => void

  constructor(actions: DeadlineActions) {
    this.#actions = actions
    this.stop = repeat(() => this.#run(), tickMs)
  }

  /** Watches a socket, in place of what was planned for it before. */
  watch(socket: ChatSocket): void {
    this.forget(socket)
    const { credential } = socket.data
    if (credential.kind !== 'token' || credential.expires_at === null) return
    const left = credential.expires_at - dateNow()
    const notice = Math.max(credential.expires_at - noticeMs, dateNow() + left / 2)
    this.#plan(socket, notice, false)
  }

  forget(socket: ChatSocket): void {
    const plan = this.#plans.get(socket)
    if (!plan) return
    this.#plans.delete(socket)
    const sockets = this.#due.get(plan.tick)
    sockets?.delete(socket)
    if (sockets?.size === 0) this.#due.delete(plan.tick)
  }

  #plan(socket: ChatSocket, time: number, isWarned: boolean): void {
    const tick = Math.max(tickOf(time), this.#tick + 1)
    this.#plans.set(socket, { tick, isWarned })
    const sockets = this.#due.get(tick) ?? new Set()
    this.#due.set(tick, sockets.add(socket))
  }

  #run(): void {
    const now = tickOf(dateNow())
    // The clock was set back: what is due comes again, or later.
    if (now < this.#tick) this.#tick = now
    while (this.#tick < now) {
      this.#tick = this.#nextTick(now)
      for (const socket of this.#due.get(this.#tick) ?? []) this.#step(socket)
    }
  }

  /** A clock that was set ahead has passed millions of ticks, in almost all of which nothing is due. */
  #nextTick(now: number): number {
    const next = this.#tick + 1
    if (now - next < mostTicks) return next
    let first = now
    for (const tick of this.#due.keys()) first = Math.min(first, tick)
    return first
  }

  #step(socket: ChatSocket): void {
    const plan = this.#plans.get(socket)
    this.forget(socket)
    const { credential } = socket.data
    if (!plan || credential.kind !== 'token' || credential.expires_at === null) return
    if (plan.isWarned) {
      this.#actions.end(socket)
    } else {
      this.#plan(socket, credential.expires_at + leewayMs, true)
      this.#actions.warn(socket, credential.expires_at)
    }
  }
}

function tickOf(time: number): number {
  return Math.ceil(time / tickMs)
}
