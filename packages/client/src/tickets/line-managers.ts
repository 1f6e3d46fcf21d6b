import type { LineManager } from '../entities.ts'
import { once } from '../live/later-code.ts'
import { laterMethods } from '../live/later-methods.ts'
import { createLazyList, createLazyThings } from '../live/lazy.ts'
import type { LiveList } from '../live/live-list.ts'
import type { LiveThing } from '../live/live-thing.ts'
import type { Wire } from '../requests/wire.ts'
import type { LineManagerActions } from './line-manager-actions.ts'

/** The support agents who take tickets. */
export interface LineManagers extends LineManagerActions {
  /** A line manager by their user id; `not_found` for others. They are one of `list`, which is loaded once for all. */
  readonly get: (userId: string) => LiveThing<LineManager>
  /**
   * All of the workspace, lowest position first. Agents and admins hear of new ones, others by `reload` and a reconnect. Their
   * `ticket_count` is as of the last load.
   */
  readonly list: () => LiveList<LineManager>
}

export function createLineManagers(wire: Wire): LineManagers {
  const loaded = once(({ createLineManagerList }) => createLineManagerList(wire))
  const list = createLazyList(loaded, 'get_all_line_managers')
  return {
    get: createLazyThings(
      ({ createLineManager }, userId) => createLineManager(list, userId),
      'get_all_line_managers',
    ),
    list: () => list,
    ...laterMethods<LineManagerActions>(
      ['create', 'update', 'remove', 'setAvailability', 'merge', 'split'],
      (things) => things.createLineManagerActions(wire, loaded(things)),
      'update_line_manager',
    ),
  }
}
