import type { LiveState } from './live.ts'
import type { Observable } from './observable.ts'

/** One thing: whether it is there (`status`) and whether it is current (`sync`). Going offline takes nothing away. */
export type ThingState<T> = LiveState<{ readonly data: T }, { readonly data: null }>

/** One thing by its name or id. It is loaded when it is first retained and after every reconnect, and kept current meanwhile. */
export interface LiveThing<T> extends Observable<ThingState<T>> {
  /** Keeps the thing loaded and current; call the answer to let go. */
  readonly retain: () => () => void
  /** Loads the thing again. Resolves when that has ended; `error` in the state says whether it failed. */
  readonly reload: () => Promise<void>
}
