import type { Store } from '../../../packages/server/src/stores/store.ts'
import type { Plant } from './fuzzed-server.ts'

type AnyMethod = (...args: unknown[]) => unknown

/** In few messages of the generator. */
const trigger = /"(?:\$where|__proto__|constructor|toString|null|NaN)"/
const kept: unknown[] = []

/** What each plant does. */
const faults: { readonly [K in Plant]: () => void } = {
  throw() {
    throw new TypeError('Planted: cannot read properties of undefined')
  },
  exit() {
    setImmediate(() => {
      throw new Error('Planted: nobody catches this')
    })
  },
  rejection() {
    void Promise.reject(new Error('Planted: nobody waits for this'))
  },
  block() {
    const until = Date.now() + 6_000
    while (Date.now() < until);
  },
  leak() {
    kept.push(Array.from({ length: 20_000 }, () => ({})))
  },
}

/** A store with a mistake that one kind of payload reaches. */
export function planted(store: Store, plant: Plant | undefined): Store {
  if (plant === undefined) return store
  const { append } = store.streams
  const faulty: AnyMethod = (...args) => {
    if (trigger.test(JSON.stringify(args))) faults[plant]()
    return (append as AnyMethod).apply(store.streams, args)
  }
  return { ...store, streams: { ...store.streams, append: faulty as typeof append } }
}
