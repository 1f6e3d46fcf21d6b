import type { Cached } from '../live/cache.ts'
import type { Observable } from '../live/observable.ts'

/** Whether one user is among those whom the user has blocked. */
export function createIsBlocked(
  blocked: Observable<ReadonlySet<string>>,
  userId: string,
): Observable<boolean> & Cached {
  return {
    subscribe(listener) {
      let is = blocked.getSnapshot().has(userId)
      return blocked.subscribe(() => {
        const now = blocked.getSnapshot().has(userId)
        if (now === is) return
        is = now
        listener()
      })
    },
    getSnapshot: () => blocked.getSnapshot().has(userId),
    getServerSnapshot: () => false,
    isIdle: () => true,
  }
}
