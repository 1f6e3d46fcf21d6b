import * as z from 'zod/mini'
import type { RequestDefs } from './define.ts'
import { Id, Limit } from './fields.ts'
import { Page, Position } from './streams.ts'

/** How a room is entered. A file of its own, since clients load the other requests of rooms later. */
export const joinRequests = {
  /**
   * Subscribes to a room, and answers with its newest page or with what follows `position`. Creates a new open room; a room
   * whose name begins with `~` is `not_found` for everybody but its members.
   */
  join: {
    payload: z.object({ room: Id, position: z.optional(Position), limit: z.optional(Limit) }),
    data: Page,
    errors: ['not_found', 'limit_reached'],
  },
  /** Ends the subscription. Leaving a room that was not joined succeeds too. A member stays one. */
  leave: {
    payload: z.object({ room: Id }),
    data: z.object({ room: Id }),
  },
} as const satisfies RequestDefs
