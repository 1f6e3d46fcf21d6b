import type { LineManager } from '@dowellchat/protocol'
import type { ClientMade, Creation } from './rows.ts'

export interface NewLineManager
  extends ClientMade,
    Pick<
      LineManager,
      'user_id' | 'positions_in_a_line' | 'average_serving_time' | 'capacity' | 'client_created_at'
    > {
  readonly workspace_id: string
  /** Who makes it; its cid is unique per workspace and creator. */
  readonly created_by: string
  /** Default true: they count as online until they connect or choose; else they begin offline. */
  readonly is_unmanaged?: boolean
  /** How many line managers the workspace may have. */
  readonly most?: number
}

/** What becomes of a line manager. What is left out stays. */
export type LineManagerChange = Partial<
  Pick<
    LineManager,
    'positions_in_a_line' | 'average_serving_time' | 'capacity' | 'topics' | 'is_active' | 'is_unmanaged'
  >
>

/** Whether a line manager is there. */
export interface Attendance {
  /** Whether they have a connection. */
  readonly is_connected?: boolean
  /** What they have chosen. */
  readonly chosen?: LineManager['availability']
  readonly at: string
}

/** How long a line manager's tickets take, counted from what they have closed; older ones count less and less. */
export interface Serving {
  readonly user_id: string
  /** How many were counted. */
  readonly count: number
  /** Mean and variance of the minutes between two that they finish while others wait for them. */
  readonly mean: number
  readonly variance: number
}

/** A line manager of a line, and what they do there. */
export interface ServingManager {
  readonly manager: LineManager
  readonly serving: Serving | null
}

export interface LineManagerStore {
  /** A `user_id` is unique per workspace. */
  create(manager: NewLineManager): Promise<Creation<LineManager>>
  get(workspaceId: string, userId: string): Promise<LineManager | null>
  /** Null where there is no such line manager. */
  update(workspaceId: string, userId: string, change: LineManagerChange): Promise<LineManager | null>
  /** Answers whether there was one. Their tickets are handed back before. */
  remove(workspaceId: string, userId: string): Promise<boolean>
  /** Notes that a line manager has come, gone or chosen; null where there is no such line manager. Whoever does is managed from then on. */
  attend(workspaceId: string, userId: string, attendance: Attendance): Promise<LineManager | null>
  /** Those who are offline since before a time, or since between two, and have open tickets, longest first, in all workspaces. */
  absent(
    before: string,
    limit: number,
    after?: string,
  ): Promise<{ readonly workspace_id: string; readonly user_id: string }[]>
  /** Counts one more ticket of a topic that a line manager has finished after so many minutes of work. */
  observe(workspaceId: string, userId: string, product: string, minutes: number): Promise<void>
  /** Notes when a line manager has finished a ticket; answers when they had finished one before, null where they had not. */
  finish(workspaceId: string, userId: string, at: string): Promise<string | null>
  /** A line manager, and what was observed of them at all topics together; null where there is no such line manager. */
  observed(workspaceId: string, userId: string): Promise<ServingManager | null>
  /** Who serves a topic, is active and online, and what was observed of them there. */
  serving(workspaceId: string, product: string): Promise<ServingManager[]>
  /** Lowest position first, then oldest first; `ticket_count` counted. */
  list(workspaceId: string): Promise<LineManager[]>
}
