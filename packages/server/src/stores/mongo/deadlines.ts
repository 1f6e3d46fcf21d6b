import { setTimeout as pause } from 'node:timers/promises'
import { StoreUnavailableError } from '../store.ts'
import { toStoreError } from './errors.ts'
import type { Renewal } from './renewal.ts'

/** Ends every call of the store in time. */
export interface Deadlines {
  /** The same methods, each of which answers or rejects with `StoreUnavailableError` in time. */
  guard<D extends object>(domain: D): D
  /** Ends work in time, and refuses nothing. */
  within<T>(work: () => Promise<T>): Promise<T>
  /**
   * Tries until there is an answer, for as long as somebody waits for it. Between two tries it waits, longer each time and
   * not for the same time on every node, so that they get out of each other's way.
   */
  persist<T>(attempt: () => Promise<T | undefined>): Promise<T>
  /** When a call that begins now, or a share of it, has to be over, on `performance.now()`'s clock. */
  end(share?: number): number
  /** Whether a call was refused since this was asked last. */
  takeProblem(): boolean
  noteProblem(): void
  /** Refuses every later call; resolves when those under way are over. */
  close(): Promise<void>
}

type Method = (...args: readonly unknown[]) => Promise<unknown>

const longestPauseMs = 50
/** Trying ends so much before the call does, which says why. */
const tryingShare = 0.9

/** @param renewal is told how calls end */
export function deadlines(deadlineMs: number, renewal?: Pick<Renewal, 'answered' | 'failed'>): Deadlines {
  const underWay = new Set<Promise<unknown>>()
  let isClosed = false
  let hasProblem = false
  const noteProblem = (): void => {
    hasProblem = true
  }

  function end(call: Promise<unknown>, error?: unknown): void {
    underWay.delete(call)
    if (error instanceof StoreUnavailableError) {
      noteProblem()
      renewal?.failed()
    } else renewal?.answered()
  }

  function run(work: () => Promise<unknown>): Promise<unknown> {
    if (isClosed) return Promise.reject(new StoreUnavailableError('The store is closed'))
    const call = inTime(work, deadlineMs)
    underWay.add(call)
    void call.then(
      () => end(call),
      (error) => end(call, error),
    )
    return call
  }

  return {
    guard<D extends object>(domain: D): D {
      const methods = Object.entries(domain as Readonly<Record<string, Method>>).map(([name, method]) => [
        name,
        (...args: readonly unknown[]) => run(() => method(...args)),
      ])
      // Each method under its own name, with its own arguments and answer.
      return Object.fromEntries(methods) as D
    },

    within: (work) => inTime(work, deadlineMs),

    async persist(attempt) {
      const end = performance.now() + tryingShare * deadlineMs
      for (let tries = 1; performance.now() < end; tries++) {
        const answer = await attempt()
        if (answer !== undefined) return answer
        await pause(Math.random() * Math.min(2 ** tries, longestPauseMs))
      }
      throw new StoreUnavailableError('The store is unavailable: others were faster every time')
    },

    noteProblem,

    takeProblem() {
      const had = hasProblem
      hasProblem = false
      return had
    },

    end: (share = 1) => performance.now() + share * deadlineMs,

    async close() {
      isClosed = true
      await Promise.allSettled(underWay)
    },
  }
}

async function inTime<T>(work: () => Promise<T>, deadlineMs: number): Promise<T> {
  try {
    return await endIn(deadlineMs, work(), late)
  } catch (error) {
    throw toStoreError(error)
  }
}

function late(ms: number, later: Promise<unknown>): Error {
  return new StoreUnavailableError(`The store is unavailable: no answer within ${ms} ms`, { later })
}

/** Waits for work no longer than so long; rejects with what `late` makes of it then. */
export async function endIn<T>(
  ms: number,
  work: Promise<T>,
  late: (ms: number, work: Promise<T>) => Error,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const end = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(late(ms, work)), ms)
  })
  return Promise.race([work, end]).finally(() => clearTimeout(timer))
}

/** How long one command or connection of a call may take, so that the server gives up before the caller does. */
export function partOf(deadlineMs: number): number {
  return Math.ceil(deadlineMs * 0.75)
}
