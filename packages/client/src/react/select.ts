import type { Observable } from '../observable.ts'

/** A part of an observable's state; it is another one only when one of its fields is. */
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
