import * as z from 'zod/mini'
import { type LineManager, type LineManagerRequests, lineManagerRequests } from '../line-managers.ts'
import { clientTime, failed, Ignored, type V2Defs, V2Id, V2Session, v2, v2Id } from './define.ts'

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
} as const satisfies V2Defs<LineManagerRequests>
