import type { Observable } from '../live/observable.ts'

/** Part of an observable's state. It is another object only if one of its fields differs. */
export function select<T, Part extends object>(
  source: Observable<T>,
  pick: (state: T) => Part,
): Observable<Part> {
  const serverPart = pick(source.getServerSnapshot())
  let part = serverPart
  return {
    subscribe: source.subscribe,
    getSnapshot() {
      const next = pick(source.getSnapshot())
      const keys = Object.keys(next) as (keyof Part)[]
      if (keys.some((key) => !Object.is(next[key], part[key]))) part = next
      return part
    },
    getServerSnapshot: () => serverPart,
  }
}
