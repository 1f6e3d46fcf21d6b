import { RequestError } from '../errors.ts'
import type { Wire } from '../requests/wire.ts'
import type { Cached } from './cache.ts'
import { orGone } from './gone.ts'
import { type Changes, createLive, type LiveState } from './live.ts'
import { createSource, type Observable, readOnly } from './observable.ts'

/**
 * One thing: whether it is there (`status`) and whether it is current (`sync`). Going offline takes nothing away.
 *
 * @example
 * const state = client.tickets.get(id).getSnapshot()
 * if (state.status === 'ready') show(state.data.product)
 * else if (state.status === 'error') show(state.error.code === 'not_found' ? 'No such ticket' : state.error.message)
 */
export type ThingState<T> = LiveState<{ readonly data: T }, { readonly data: null }>

/**
 * One thing by its name or id. It is loaded when it is first retained and after every reconnect, and kept current meanwhile.
 *
 * @example
 * const ticket = client.tickets.get(id)
 * const letGo = ticket.retain()
 * ticket.subscribe(() => render(ticket.getSnapshot()))
 */
export interface LiveThing<T> extends Observable<ThingState<T>> {
  /** Keeps the thing loaded and current; call the answer to let go. */
  readonly retain: () => () => void
  /** Loads the thing again. Resolves when that has ended; `error` in the state says whether it failed. */
  readonly reload: () => Promise<void>
}

/** Where a thing comes from. */
export interface ThingSource<T, Pushed> {
  load(): Promise<T>
  /** Runs when the thing opens and subscribes to its changes; the answer runs when it closes. */
  watch?(push: (pushed: Pushed) => void, again: () => void): () => void
  /** What a push makes of the thing; null if that cannot be known yet. */
  merge(data: T | null, pushed: Pushed): T | null
}

export type CachedThing<T> = LiveThing<T> & Cached

/** @param touch is called when the thing becomes busy or idle */
export function createLiveThing<T, Pushed = T>(
  { load, watch, merge }: ThingSource<T, Pushed>,
  { connection }: Wire,
  touch: () => void,
): CachedThing<T> {
  const state = createSource<ThingState<T>>({ status: 'loading', sync: 'offline', data: null, error: null })
  /** What was pushed last while an answer was under way, which may be older. */
  let pushed: { readonly last: Pushed } | undefined
  let gone: RequestError | null = null

  const live = createLive<ThingState<T>>(
    {
      state: { getSnapshot: state.getSnapshot, patch: show },
      async load() {
        pushed = undefined
        const loaded = await orGone(load())
        return () => {
          const found = loaded instanceof RequestError ? null : loaded
          const data = pushed ? merge(found, pushed.last) : found
          gone = data === null && loaded instanceof RequestError ? loaded : null
          return { data } as Changes<ThingState<T>>
        }
      },
      listen() {
        touch()
        const stop = watch?.(onPush, () => void live.run())
        return () => {
          stop?.()
          touch()
        }
      },
    },
    connection,
  )

  /** That there is no such thing is known as well as what it is, and is kept as current. */
  function show(changes: Changes<ThingState<T>>): void {
    if (gone && changes.status === 'ready')
      state.patch({ ...changes, status: 'error', data: null, error: gone })
    else state.patch(changes)
  }

  function onPush(last: Pushed): void {
    pushed = { last }
    const { status, data: before } = state.getSnapshot()
    const data = merge(before, last)
    if (data === null) return
    const wasGone = gone !== null
    gone = null
    if (status === 'ready') state.patch({ data })
    else state.patch({ status: 'ready', data, error: null, ...(wasGone && { sync: 'live' }) })
  }

  return {
    ...readOnly(state),
    retain: live.retain,
    isIdle: () => !live.isOpen(),
    reload: () => live.run(),
  }
}
