import type { LineManager } from '../entities.ts'
import type { EditableList, LiveList } from '../live/live-list.ts'
import type { CachedThing } from '../live/live-thing.ts'
import { createLoadedList } from '../live/loaded-list.ts'
import { oldestFirst } from '../live/orders.ts'
import { createPart } from '../live/part.ts'
import { together } from '../live/stops.ts'
import type { Wire } from '../requests/wire.ts'

/** All line managers, lowest position first. */
export function createLineManagerList(wire: Wire): EditableList<LineManager> {
  return createLoadedList<LineManager>(
    {
      idOf: ({ user_id }) => user_id,
      compare: (a, b) => a.positions_in_a_line - b.positions_in_a_line || oldestFirst.compare(a, b),
      page: async () => ({ items: await wire.request.get_all_line_managers({}), hasMore: false }),
      watch: ({ put, remove }) =>
        together(
          wire.on.line_manager_changed(({ data }) => put(data)),
          wire.on.line_manager_removed(({ user_id }) => remove(user_id)),
        ),
    },
    wire,
  )
}

/** One of them. */
export function createLineManager(list: LiveList<LineManager>, userId: string): CachedThing<LineManager> {
  return createPart(list, ({ user_id }) => user_id === userId, [
    'get_all_line_managers',
    `${userId} is no line manager`,
  ])
}
