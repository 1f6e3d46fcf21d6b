import { createSource, type Observable, type Source } from '../live/observable.ts'

/** A state as a test gives it: with its data where it is ready, with its error where it has failed. */
export type GivenState<S> = S extends { readonly status: 'ready' }
  ? Partial<S> & Pick<S, Extract<keyof S, 'status' | 'messages' | 'items' | 'data'>>
  : S extends { readonly status: 'error' }
    ? Partial<S> & Pick<S, Extract<keyof S, 'status' | 'error'>>
    : Partial<S>

/** What a test can do to an observable of a fake client. */
export interface Settable<S> {
  /**
   * Shows this state from now on, at once. What is left out is as at the start, and `sync` is `live`. Messages that are sent
   * and received afterwards come behind those that are set.
   */
  readonly set: (state: GivenState<S>) => void
  /** Shows the client's own state again. */
  readonly reset: () => void
}

/** The methods that answer observables of objects, whose states a test can set. */
export type WithSettable<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer Args) => infer Result
    ? Result extends Observable<infer S>
      ? [S] extends [object]
        ? (...args: Args) => Result & Settable<S>
        : T[K]
      : T[K]
    : T[K]
}

type State = Readonly<Record<string, unknown>> & { readonly messages?: unknown }
type Given = Source<State | undefined>

/** Lets a test set the state of an observable. */
export function settable<S, O extends Observable<S>>(
  real: O,
  given = createSource<State | undefined>(undefined),
): O & Settable<S> {
  let from: readonly unknown[] = []
  let shown: S

  function getSnapshot(): S {
    const now = [given.getSnapshot(), real.getSnapshot()]
    if (now[0] === undefined) return real.getSnapshot()
    if (now.some((one, at) => one !== from[at])) shown = shownState(real, now[0] as State)
    from = now
    return shown
  }

  return {
    ...real,
    getSnapshot,
    subscribe(listener: () => void) {
      const stops = [real.subscribe(listener), given.subscribe(listener)]
      return () => {
        for (const stop of stops) stop()
      }
    },
    set: (state: GivenState<S>) => given.set(state as State),
    reset: () => given.set(undefined),
  }
}

function shownState<S>(real: Observable<S>, given: State): S {
  const start = real.getServerSnapshot() as State
  const live = 'sync' in start ? { sync: 'live', error: null } : {}
  const later = real.getSnapshot() as State
  const messages = [given.messages, later.messages]
  const both = messages.every(Array.isArray) && { messages: messages.flat() }
  // As the type of `set` demands it.
  return { ...start, ...live, ...given, ...both } as S
}

/** Lets a test set the states of all observables that the methods answer. */
export function withSettable<T extends object>(methods: T): WithSettable<T> {
  const given = new Map<string, Given>()
  const wrapped = new WeakMap<object, object>()

  function wrap(name: string, args: readonly unknown[], answer: unknown): unknown {
    if (!isObservable(answer)) return answer
    const key = JSON.stringify([name, ...args])
    const source = given.get(key) ?? createSource<State | undefined>(undefined)
    given.set(key, source)
    const known = wrapped.get(answer) ?? settable(answer, source)
    wrapped.set(answer, known)
    return known
  }

  const all = Object.entries(methods).map(([name, method]) => [
    name,
    typeof method === 'function' ? (...args: unknown[]) => wrap(name, args, method(...args)) : method,
  ])
  return Object.fromEntries(all) as WithSettable<T>
}

function isObservable(answer: unknown): answer is Observable<unknown> {
  if (typeof answer !== 'object' || answer === null || !('getServerSnapshot' in answer)) return false
  return typeof (answer as Observable<unknown>).getServerSnapshot() === 'object'
}
