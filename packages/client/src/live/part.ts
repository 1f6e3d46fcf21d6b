import { ownError } from '../errors.ts'
import type { RequestMethods } from '../requests/request.ts'
import type { Cached } from './cache.ts'
import type { ListState, LiveList } from './live-list.ts'
import type { LiveThing, ThingState } from './live-thing.ts'

/**
 * One thing of a list that is loaded whole anyway: all things of a list share its one load.
 * @param request is what the list is loaded by
 */
export function createPart<Item>(
  list: LiveList<Item>,
  isIt: (item: Item) => boolean,
  [request, message]: [request: keyof RequestMethods, message: string],
): LiveThing<Item> & Cached {
  const missing = ownError(request, 'not_found', message)

  function partOf({ status, sync, error, items }: ListState<Item>): ThingState<Item> {
    const data = items.find(isIt)
    if (data !== undefined) return { status: 'ready', sync, data, error }
    if (status === 'loading') return { status, sync, data: null, error }
    return { status: 'error', sync, data: null, error: error ?? missing }
  }

  function reader(read: () => ListState<Item>): () => ThingState<Item> {
    let whole = read()
    let part = partOf(whole)
    return () => {
      const now = read()
      if (now === whole) return part
      whole = now
      const next = partOf(now)
      const keys = Object.keys(next) as (keyof typeof next)[]
      if (keys.some((key) => next[key] !== part[key])) part = next
      return part
    }
  }

  const getSnapshot = reader(list.getSnapshot)
  return {
    getSnapshot,
    getServerSnapshot: reader(list.getServerSnapshot),
    subscribe(listener) {
      let part = getSnapshot()
      return list.subscribe(() => {
        if (part === getSnapshot()) return
        part = getSnapshot()
        listener()
      })
    },
    retain: list.retain,
    reload: list.reload,
    isIdle: () => true,
  }
}
