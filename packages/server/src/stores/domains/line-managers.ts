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
  /** How many line managers the workspace may have. */
  readonly most?: number
}

export interface LineManagerStore {
  /** A `user_id` is unique per workspace. */
  create(manager: NewLineManager): Promise<Creation<LineManager>>
  get(workspaceId: string, userId: string): Promise<LineManager | null>
  /** Lowest position first, then oldest first; `ticket_count` counted. */
  list(workspaceId: string): Promise<LineManager[]>
}
