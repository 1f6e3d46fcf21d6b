import * as z from 'zod/mini'
import type { RequestDefs } from './define.ts'
import { Id, Limit } from './fields.ts'
import { Page, Position } from './streams.ts'

export const roomRequests = {
  /** Subscribes to a room, made by this if it is new, and answers its newest page or what follows `position`. */
  join: {
    payload: z.object({ room: Id, position: z.optional(Position), limit: z.optional(Limit) }),
    data: Page,
  },
  /** Ends the subscription; leaving a room that was not joined succeeds. */
  leave: {
    payload: z.object({ room: Id }),
    data: z.object({ room: Id }),
  },
} as const satisfies RequestDefs
export type RoomRequests = typeof roomRequests
