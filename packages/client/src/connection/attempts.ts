import type { Socket } from 'socket.io-client'
import { backoffMs } from './retry.ts'
import { uptime } from './uptime.ts'

/** When a client tries to connect. */
export interface Attempts {
  /** Tries now, unless an attempt is under way. */
  readonly now: () => void
  /** Tries at once in another way. */
  readonly again: () => void
  /** Tries later: the more attempts have failed in a row, the later. */
  readonly later: (hint?: { readonly retryAfterMs?: number | undefined }) => void
  /**
   * Answers whether a try of this client's own, which was given up, may be what has replaced the connection: it may have
   * reached its server late. True once for each connection that lasts.
   */
  readonly mayBeOurs: () => boolean
  /** Tries again where the server has let go of the connection: in a moment, unless it was too short for a server that works. */
  readonly elsewhere: () => void
  /** Tries now what would be tried later, or what has begun without a network; never before the server allows it. */
  readonly wake: () => void
  readonly stop: () => void
  /** The connection is up. */
  readonly onUp: () => void
  /** Answers whether the connection had lasted. */
  readonly onDown: (isEndedByServer: boolean) => boolean
}

/** A server that ends a younger connection is given time before the next one. */
const steadyMs = 10_000
/** The longest time between two tries to connect, unless the server asks for more. */
const mostMs = 8_000
/** A server that lets clients go sooner than that does not work. */
const workingMs = 1_000
/**
 * After the network is back, clients of one building do not all return in the same instant; nor do those that a server lets
 * go, although it has let them go one after the other.
 */
const returnSpreadMs = 300
/** An attempt that has found no server for so long may have begun while there was no network. */
const staleMs = 3_000

/** @param isWorthwhile whether to plan a try at all; who makes it so again begins with `now` or `wake` */
export function createAttempts(socket: Socket, isWorthwhile: () => boolean): Attempts {
  let retry: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  /** Since a connection has lasted. */
  let tries = 0
  let startedAt = 0
  let upSince = Number.POSITIVE_INFINITY
  /** The server has asked for no attempt before that. */
  let notBefore = 0
  /** How long the last connection has been up; negative if it never was. */
  let upMs = -1

  function now(): void {
    clearTimeout(retry)
    // Twice would shake hands twice.
    if (socket.active) return
    startedAt = Date.now()
    tries += 1
    socket.connect()
  }

  function plan(ms: number): void {
    clearTimeout(retry)
    if (isWorthwhile()) retry = setTimeout(now, ms)
  }

  function later(hint?: { readonly retryAfterMs?: number | undefined }): void {
    socket.disconnect()
    failures += 1
    notBefore = Math.max(notBefore, uptime() + (hint?.retryAfterMs ?? 0))
    plan(backoffMs(failures, hint, mostMs))
  }

  return {
    now,
    later,
    mayBeOurs() {
      const isPossible = tries > 1
      tries = 0
      return isPossible
    },
    elsewhere() {
      if (upMs < workingMs) return later()
      socket.disconnect()
      plan(Math.random() * returnSpreadMs)
    },
    again() {
      socket.disconnect()
      plan(0)
    },
    wake() {
      if (socket.active) {
        const isStale = Date.now() - startedAt > staleMs && socket.io.engine?.readyState === 'opening'
        if (!isStale) return
        socket.disconnect()
      }
      failures = 0
      plan(Math.max(notBefore - uptime(), Math.random() * returnSpreadMs))
    },
    stop: () => clearTimeout(retry),
    onUp() {
      upSince = Date.now()
      notBefore = 0
    },
    onDown(isEndedByServer) {
      upMs = Date.now() - upSince
      upSince = Number.POSITIVE_INFINITY
      if (upMs > steadyMs) failures = tries = 0
      else if (upMs >= 0 && !isEndedByServer) failures = Math.min(failures, 1)
      return upMs > steadyMs
    },
  }
}
