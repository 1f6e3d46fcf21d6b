import type { RequestName } from '@dowellchat/protocol'
import { backoffMs } from '../connection/retry.ts'
import { type Cached, createCache } from './cache.ts'
import { ignorable } from './ignorable.ts'
import { ifLoaded, type LaterThings, laterThings, type Make } from './later-code.ts'
import { type ListState, type LiveList, loadingList } from './live-list.ts'
import type { LiveThing, ThingState } from './live-thing.ts'
import type { Observable } from './observable.ts'

interface Held<S> extends Observable<S> {
  readonly retain: () => () => void
  readonly reload: () => Promise<void>
}

/** Something to follow, whose code is loaded when it is first used. */
export interface Lazy<S, Thing> extends Held<S>, Cached {
  /** The thing itself, once its code is loaded; rejects with `unavailable` while that cannot be loaded. */
  readonly real: () => Promise<Thing>
  /** The same; undefined until then. */
  readonly now: () => Thing | undefined
}

/**
 * @param initial is what is shown until the code is loaded
 * @param request is what the thing is loaded by
 * @param touch is called when the thing becomes busy or idle
 */
export function createLazy<S, Thing extends Held<S> & Partial<Cached>>(
  initial: S,
  make: Make<Thing>,
  request: RequestName,
  touch: () => void = () => {},
): Lazy<S, Thing> {
  let thing: Thing | undefined
  let holders = 0
  /** Listeners of before; each answer unsubscribes one. */
  const early = new Map<() => void, () => void>()

  function now(): Thing | undefined {
    if (thing) return thing
    thing = ifLoaded(make)
    if (!thing) return undefined
    for (const listener of early.keys()) early.set(listener, thing.subscribe(listener))
    // It may be made of what is known already.
    if (thing.getSnapshot() !== initial) for (const listener of [...early.keys()]) listener()
    return thing
  }

  async function real(): Promise<Thing> {
    if (!now()) await laterThings.load(request)
    return now() as Thing
  }

  function retain(): () => void {
    let letGo: (() => void) | undefined
    let timer: ReturnType<typeof setTimeout> | undefined
    let isHeld = true
    function hold(failures: number): void {
      letGo = isHeld ? now()?.retain() : undefined
      if (letGo || !isHeld) return
      laterThings.load(request).then(
        () => hold(1),
        () => {
          if (isHeld) timer = setTimeout(() => hold(failures + 1), backoffMs(failures))
        },
      )
    }
    holders += 1
    touch()
    hold(1)
    return () => {
      if (!isHeld) return
      isHeld = false
      holders -= 1
      clearTimeout(timer)
      letGo?.()
      touch()
    }
  }

  return {
    real,
    now,
    retain,
    isIdle: () => holders === 0 && thing?.isIdle?.() !== false,
    reload: () => ignorable(real().then((one) => one.reload())),
    // While somebody listens, what is shown changes only as they are told.
    getSnapshot: () => (thing ?? (early.size === 0 ? now() : undefined))?.getSnapshot() ?? initial,
    getServerSnapshot: () => initial,
    subscribe(listener) {
      const call = (): void => listener()
      early.set(call, now()?.subscribe(call) ?? (() => {}))
      return () => {
        early.get(call)?.()
        early.delete(call)
      }
    },
  }
}

/** A thing whose code is loaded when it is first used. */
export function createLazyThing<T>(
  make: Make<LiveThing<T>>,
  request: RequestName,
  touch?: () => void,
): LiveThing<T> & Cached {
  const initial = { status: 'loading', sync: 'offline', data: null, error: null } as const
  return createLazy<ThingState<T>, LiveThing<T>>(initial, make, request, touch)
}

/** A list whose code is loaded when it is first used. */
export function createLazyList<Item>(
  make: Make<LiveList<Item>>,
  request: RequestName,
  touch?: () => void,
): LiveList<Item> & Cached {
  return createLazyPages<ListState<Item>, LiveList<Item>>(loadingList, make, request, touch)
}

type MakeOf<Thing> = (things: LaterThings, key: string, touch: () => void) => Thing

/** Finds things by key. Their code is loaded when one of them is first used. */
export function createLazyThings<T>(make: MakeOf<LiveThing<T>>, request: RequestName) {
  return createCache((key: string, touch) =>
    createLazyThing((things) => make(things, key, touch), request, touch),
  )
}

/** Finds lists by key, as `createLazyThings` does. */
export function createLazyLists<Item>(make: MakeOf<LiveList<Item>>, request: RequestName) {
  return createCache((key: string, touch) =>
    createLazyList((things) => make(things, key, touch), request, touch),
  )
}

/** What is loaded page by page. */
export function createLazyPages<S, Pages extends Held<S> & Pick<LiveList<unknown>, 'loadMore'>>(
  ...given: Parameters<typeof createLazy<S, Pages>>
): Lazy<S, Pages> & Pick<Pages, 'loadMore'> {
  const pages = createLazy<S, Pages>(...given)
  return { ...pages, loadMore: () => ignorable(pages.real().then((one) => one.loadMore())) }
}
