import type { LineManager } from '../entities.ts'
import { createCache } from '../live/cache.ts'
import { ifLoaded, once } from '../live/later-code.ts'
import { createLazyList, createLazyThing } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import type { LiveThing } from '../live/live-thing.ts'
import { create, type Draft } from '../requests/creating.ts'
import type { Wire } from '../requests/wire.ts'

/**
 * What a new line manager is created from; without a `capacity`, or with null, they take any number of open tickets. One `cid`
 * makes one line manager.
 *
 * @example
 * const draft: LineManagerDraft = { user_id: 'meg', positions_in_a_line: 1, average_serving_time: 5 }
 */
export interface LineManagerDraft extends Draft<'create_line_manager'> {}

/** The support agents who take tickets. */
export interface LineManagers {
  /** A line manager by their user id; `not_found` for others. They are one of `list`, which is loaded once for all. */
  readonly get: (userId: string) => LiveThing<LineManager>
  /**
   * All of the workspace, lowest position first. Agents and admins hear of new ones, others by `reload` and a reconnect. Their
   * `ticket_count` is as of the last load.
   */
  readonly list: () => LiveList<LineManager>
  /**
   * Creates a line manager, who is given waiting tickets at once; admins only. Rejects with a `RequestError`: `conflict` if
   * the user is one already.
   */
  readonly create: (draft: LineManagerDraft) => Promise<LineManager>
}

export function createLineManagers(wire: Wire): LineManagers {
  const { connection, request } = wire
  const loaded = once(({ createLineManagerList }) => createLineManagerList(wire))
  const list = createLazyList(loaded, 'get_all_line_managers')
  return {
    get: createCache((userId: string, touch) =>
      createLazyThing(
        ({ createLineManager }) => createLineManager(list, userId),
        'get_all_line_managers',
        touch,
      ),
    ),
    list: () => list,
    async create(draft) {
      const manager = await create(connection, draft, request.create_line_manager)
      ifLoaded(loaded)?.put(manager)
      return manager
    },
  }
}
