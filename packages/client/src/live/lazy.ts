import { backoffMs } from '../connection/retry.ts'
import type { Cached } from './cache.ts'
import type { LiveThing, ThingState } from './live-thing.ts'
import type { Observable } from './observable.ts'

interface Held<S> extends Observable<S> {
  readonly retain: () => () => void
  readonly reload: () => Promise<void>
}

/** Something to follow, whose code is loaded when it is first used. */
export interface Lazy<S, Thing extends Held<S>> extends Held<S> {
  /** The thing itself, once it is loaded. */
  readonly real: () => Promise<Thing>
  /** The same; undefined until then. */
  readonly now: () => Thing | undefined
  readonly reload: () => Promise<void>
}

/**
 * @param initial is what is shown until the code is loaded
 * @param find answers the thing; rejects while its code cannot be loaded, and is tried again
 */
export function createLazy<S, Thing extends Held<S>>(initial: S, find: () => Promise<Thing>): Lazy<S, Thing> {
  let thing: Thing | undefined
  let loading: Promise<Thing> | undefined
  /** Listeners of before; each answer unsubscribes one. */
  const early = new Map<() => void, () => void>()

  function real(): Promise<Thing> {
    loading ??= find().then(
      (found) => {
        thing = found
        for (const listener of early.keys()) early.set(listener, found.subscribe(listener))
        return found
      },
      (error: unknown) => {
        loading = undefined
        throw error
      },
    )
    return loading
  }

  function retain(): () => void {
    let stop: (() => void) | undefined
    let isHeld = true
    const hold = (failures: number): void => {
      real().then(
        (found) => {
          if (isHeld) stop = found.retain()
        },
        () => {
          const timer = setTimeout(() => hold(failures + 1), backoffMs(failures))
          stop = () => clearTimeout(timer)
        },
      )
    }
    hold(1)
    return () => {
      isHeld = false
      stop?.()
      stop = undefined
    }
  }

  return {
    real,
    now: () => thing,
    retain,
    reload: async () => (await real()).reload(),
    getSnapshot: () => (thing ? thing.getSnapshot() : initial),
    getServerSnapshot: () => initial,
    subscribe(listener) {
      if (thing) return thing.subscribe(listener)
      const call = (): void => listener()
      early.set(call, () => {})
      return () => {
        early.get(call)?.()
        early.delete(call)
      }
    },
  }
}

/** A thing whose code is loaded when it is first used. */
export function createLazyThing<T>(find: () => Promise<LiveThing<T>>): LiveThing<T> & Cached {
  const initial = { status: 'loading', sync: 'offline', data: null, error: null } as const
  const { real: _real, now: _now, ...thing } = createLazy<ThingState<T>, LiveThing<T>>(initial, find)
  return { ...thing, isIdle: () => true }
}
