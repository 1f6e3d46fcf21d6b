import * as z from 'zod/mini'
import type { RequestDefs } from './define.ts'
import { Id, Limit } from './fields.ts'
import { Page, Position } from './streams.ts'

export const roomRequests = {
  /** Subscribes to a room, and answers with its newest page or with what follows `position`. Creates a new room. */
  join: {
    payload: z.object({ room: Id, position: z.optional(Position), limit: z.optional(Limit) }),
    data: Page,
  },
  /** Ends the subscription. Leaving a room that was not joined succeeds too. */
  leave: {
    payload: z.object({ room: Id }),
    data: z.object({ room: Id }),
  },
} as const satisfies RequestDefs
export type RoomRequests = typeof roomRequests
