import type { RequestName } from '@dowellchat/protocol'
import type { Connection } from '../connection/connection.ts'
import { backoffMs } from '../connection/retry.ts'
import {
  type ConnectionError,
  isRequestError,
  type RequestError,
  unreadable,
  unreadableAnswer,
} from '../errors.ts'
import { createHolders } from './holders.ts'
import type { Source } from './observable.ts'

/** Whether what is shown is current: `live`, being brought up to date, or without a connection. */
export type Sync = 'live' | 'catching_up' | 'offline'

/** Why something could not be loaded: its request failed, or the server refuses the connection. */
export type Failure = RequestError | ConnectionError

/** There is no data yet. */
export type Loading<Empty extends object = object> = Empty & {
  readonly status: 'loading'
  readonly sync: Sync
  readonly error: null
}

/** There is data, which stays while offline. `error` says why it could not be brought up to date. */
export type Ready<Data extends object = object> = Data & {
  readonly status: 'ready'
  readonly sync: Sync
  readonly error: Failure | null
}

/** There is no data, and why. What trying again can mend is tried again. */
export type Failed<Empty extends object = object> = Empty & {
  readonly status: 'error'
  readonly sync: Sync
  readonly error: Failure
}

/**
 * Whether there is data (`status`, by which it narrows) and whether it is current (`sync`). Going offline never takes data
 * away.
 */
export type LiveState<Data extends object = object, Empty extends object = Data> =
  | Loading<Empty>
  | Ready<Data>
  | Failed<Empty>

/** What may change of a state; `live.ts` keeps `status` and `error` together. */
export type Changes<State> = State extends unknown ? Partial<State> : never

/**
 * One attempt to bring data up to date. Once `signal` is aborted, a newer attempt has taken over: drop the result. Resolves
 * to a function that computes the new state in the turn that shows it, so that no change can come in between.
 */
export type Load<State> = (signal: AbortSignal) => Promise<() => Changes<State>>

export interface LiveSource<State extends LiveState> {
  readonly state: Pick<Source<State>, 'getSnapshot'> & { patch(changes: Changes<State>): void }
  /** Runs on opening, after every reconnect, and again after a failure that a retry can mend. */
  readonly load: Load<State>
  /** Runs on opening and subscribes to what the server pushes; the answer runs on closing. */
  readonly listen: () => () => void
}

/** Data that is kept current from its first holder until a second after its last. */
export interface Live<State> {
  readonly retain: () => () => void
  readonly isOpen: () => boolean
  /** Starts an attempt, which replaces the one under way. Resolves when it has ended, even if it failed. */
  readonly run: (load?: Load<State>) => Promise<void>
}

const mostUnread = 2

export function createLive<State extends LiveState>(
  { state, load, listen }: LiveSource<State>,
  connection: Connection,
): Live<State> {
  // A partial `LiveState` is a partial `State`, which the compiler cannot see for a type parameter.
  const patch = state.patch as unknown as (changes: Changes<LiveState>) => void
  const holders = createHolders({ open, close })
  let attempt = new AbortController()
  let retry: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  /** Loads in a row whose answers could not be read, or ended the connection. */
  let unread = 0
  let isLoading = false
  let stops: readonly (() => void)[] = []

  /** Stops the attempt under way and the planned one. */
  function stop(): void {
    attempt.abort()
    clearTimeout(retry)
  }

  async function run(work = load): Promise<void> {
    stop()
    attempt = new AbortController()
    const { signal } = attempt
    patch({ sync: 'catching_up' })
    isLoading = true
    try {
      const changesOf = await work(signal)
      if (signal.aborted) return
      isLoading = false
      failures = 0
      unread = 0
      patch({ ...changesOf(), status: 'ready', sync: holders.isOpen() ? 'live' : 'offline', error: null })
    } catch (error) {
      if (!signal.aborted) onFailure(error)
    }
  }

  function onFailure(error: unknown): void {
    isLoading = false
    if (!isRequestError(error)) throw error
    if (!connection.socket.connected) {
      // The next connection loads it again.
      patch({ sync: 'offline' })
      return
    }
    if (error.code === unreadable) unread += 1
    if (unread >= mostUnread) {
      giveUp(error.request)
      return
    }
    fail(error)
    failures += 1
    if (error.retryable && holders.isOpen()) retry = setTimeout(() => void run(), backoffMs(failures, error))
  }

  function fail(error: Failure): void {
    const { status } = state.getSnapshot()
    patch({ status: status === 'ready' ? status : 'error', sync: 'offline', error })
  }

  /** What cannot be read twice running is not asked for any more, until it is retained anew: the others go on. */
  function giveUp(request: RequestName = 'get_entries'): void {
    fail(unreadableAnswer(request, false))
  }

  /** Alone, if an answer has ended the connection while this was loading: then it is known whose it was. */
  function loadAgain(): void {
    failures = 0
    if (unread === 0) void run()
    else if (unread >= mostUnread) giveUp()
    else connection.inTurn(async () => (connection.socket.connected && holders.isOpen() ? run() : undefined))
  }

  function open(): void {
    unread = 0
    const watcher = {
      onUp: loadAgain,
      onDown(isUnreadable: boolean) {
        if (isUnreadable && isLoading) unread += 1
        isLoading = false
        stop()
        patch({ sync: 'offline' })
      },
      onRefused: fail,
    }
    stops = [listen(), connection.watch(watcher)]
  }

  function close(): void {
    stop()
    for (const end of stops) end()
    patch({ sync: 'offline' })
  }

  return { retain: holders.retain, isOpen: holders.isOpen, run }
}
