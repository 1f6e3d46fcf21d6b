import type { PayloadOf } from '@dowellchat/protocol'
import { topicName } from '@dowellchat/protocol/core'
import type { Availability, LineManager } from '../entities.ts'
import type { EditableList } from '../live/live-list.ts'
import { create, type Draft } from '../requests/creating.ts'
import { shownUnlessPushed } from '../requests/unless-pushed.ts'
import type { Wire } from '../requests/wire.ts'

/**
 * What a new line manager is created from; without a `capacity`, or with null, they take any number of open tickets. One `cid`
 * makes one line manager.
 *
 * @example
 * const draft: LineManagerDraft = { user_id: 'meg', positions_in_a_line: 1, average_serving_time: 5 }
 */
export interface LineManagerDraft extends Draft<'create_line_manager'> {}

/**
 * Changes to a line manager. What is left out stays as it is. `topics` are the names of those that they serve, null for all;
 * `is_active: false` gives them no more tickets.
 *
 * @example
 * const changes: LineManagerChanges = { capacity: 3, topics: ['billing'] }
 */
export interface LineManagerChanges extends Omit<PayloadOf<'update_line_manager'>, 'user_id'> {}

/** What changes line managers. */
export interface LineManagerActions {
  /**
   * Creates a line manager, who gets waiting tickets once they are online, with `is_unmanaged` at once; admins only. Rejects
   * with a `RequestError`: `conflict` if the user is one already.
   */
  readonly create: (draft: LineManagerDraft) => Promise<LineManager>
  /**
   * Changes what is given of a line manager; admins only. Rejects with a `RequestError`.
   *
   * @example
   * await client.lineManagers.update('meg', { is_active: false })
   */
  readonly update: (userId: string, changes: LineManagerChanges) => Promise<LineManager>
  /** Ends that a user takes tickets; answers how many of theirs went back to the line. Admins only. Rejects with a `RequestError`. */
  readonly remove: (userId: string) => Promise<number>
  /**
   * Says whether the user, a line manager, takes tickets: `offline` gives back those that they have not answered. Rejects with a
   * `RequestError`: `not_found` if they are none.
   *
   * @example
   * await client.lineManagers.setAvailability('away')
   */
  readonly setAvailability: (availability: Availability) => Promise<LineManager>
  /**
   * Gives the open tickets of one line manager to another, of one topic or all; without a topic the first becomes inactive. Answers
   * how many. Admins only. Rejects with a `RequestError`.
   */
  readonly merge: (from: string, to: string, product?: string) => Promise<number>
  /** Gives every second open ticket of `to` to `from`, who becomes active: undoes `merge`. Rejects with a `RequestError`. */
  readonly split: (from: string, to: string, product?: string) => Promise<number>
}

export function createLineManagerActions(
  { connection, request, on }: Wire,
  list: EditableList<LineManager>,
): LineManagerActions {
  const shown = (answer: Promise<LineManager>): Promise<LineManager> =>
    shownUnlessPushed(answer, on.line_manager_changed, list.put)

  return {
    create: (draft) => shown(create(connection, draft, request.create_line_manager)),
    update: (user_id, { topics, ...changes }) => {
      const served = topics && [...new Set(topics.map(topicName))]
      const payload = { ...changes, user_id, ...(topics !== undefined && { topics: served ?? null }) }
      return shown(request.update_line_manager(payload))
    },
    async remove(user_id) {
      const { tickets } = await request.remove_line_manager({ user_id })
      list.remove(user_id)
      return tickets
    },
    setAvailability: (availability) =>
      shown(request.set_line_availability({ availability } as PayloadOf<'set_line_availability'>)),
    merge: (...line) => moved(request.merge_line(lineIn(...line))),
    split: (...line) => moved(request.split_line(lineIn(...line))),
  }
}

const moved = async (answer: Promise<{ readonly tickets: number }>): Promise<number> => (await answer).tickets

function lineIn(from: string, to: string, product?: string) {
  return { from, to, ...(product !== undefined && { product: topicName(product) }) }
}
