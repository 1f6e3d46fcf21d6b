import * as z from 'zod/mini'
import { type LineManager, type LineManagerRequests, lineManagerRequests } from '../line-managers.ts'
import { clientTime, failed, Ignored, type V2Defs, V2Id, V2Session, v2, v2Id, v2Named } from './define.ts'

/** A line manager as V2 clients know it. */
export function v2LineManager(manager: LineManager) {
  const { _id, user_id, positions_in_a_line, average_serving_time, ticket_count, is_active, created_at } =
    manager
  return { _id, user_id, positions_in_a_line, average_serving_time, ticket_count, is_active, created_at }
}

/** A number, or a text such as '4'. */
const V2Number = z.union([
  z.number(),
  z.string().check(z.regex(/^\d{1,9}(\.\d{1,9})?$/, 'expected a number')),
])

/** Pages send a product too, and mean all of the line. */
const TwoLines = z.extend(V2Session, { line_manager_1: V2Id, line_manager_2: V2Id, product: Ignored })

/** The first line is the one that ends, or begins again. */
function twoLines({ line_manager_1, line_manager_2 }: z.output<typeof TwoLines>) {
  return { from: v2Id(line_manager_1), to: v2Id(line_manager_2) }
}

export const v2LineManagerRequests = {
  create_line_manager: v2(lineManagerRequests.create_line_manager, {
    payload: z.extend(V2Session, {
      user_id: V2Id,
      positions_in_a_line: V2Number,
      average_serving_time: V2Number,
      ticket_count: Ignored,
      created_at: Ignored,
    }),
    keyed: true,
    event: 'setting_response',
    operation: 'create_line_manager',
    toCurrent: ({ user_id, positions_in_a_line, average_serving_time, created_at }, { cid }) => ({
      user_id: v2Id(user_id),
      positions_in_a_line: Number(positions_in_a_line),
      average_serving_time: Number(average_serving_time),
      is_unmanaged: true,
      cid,
      client_created_at: clientTime(created_at),
    }),
    fromCurrent: v2LineManager,
  }),
  get_all_line_managers: v2(lineManagerRequests.get_all_line_managers, {
    payload: V2Session,
    keyed: true,
    event: 'setting_response',
    operation: 'get_all_line_managers',
    toCurrent: () => ({}),
    fromCurrent: (managers) =>
      managers.length ? managers.map(v2LineManager) : failed('No line managers yet'),
  }),
  merge_line: v2(lineManagerRequests.merge_line, {
    payload: TwoLines,
    keyed: true,
    event: 'ticket_response',
    operation: 'merge_line',
    toCurrent: twoLines,
    fromCurrent: () => 'Line Merged',
  }),
  split_line: v2(lineManagerRequests.split_line, {
    payload: TwoLines,
    keyed: true,
    event: 'ticket_response',
    operation: 'split_line',
    toCurrent: twoLines,
    fromCurrent: () => 'Line Split',
  }),
} as const satisfies V2Defs<LineManagerRequests>

/** How long one line is, which V2 asks for by a name of its own. */
export const v2LineLooks = {
  queue_update: v2Named('get_all_line_managers', lineManagerRequests.get_all_line_managers, {
    payload: z.extend(V2Session, { line_manager: V2Id }),
    keyed: true,
    event: 'queue_response',
    operation: 'queue_update',
    toCurrent: () => ({}),
    present: (managers, { line_manager }) => {
      const found = managers.find(({ user_id }) => user_id === v2Id(line_manager))
      if (!found) return failed('There is no such line manager')
      const { ticket_count, average_serving_time } = found
      return { ticket_count, waiting_time: ticket_count * average_serving_time }
    },
  }),
}
