import type { Topic } from '@dowellchat/protocol'
import type { ClientMade, Creation } from './rows.ts'

export interface NewTopic extends ClientMade, Pick<Topic, 'name' | 'client_created_at'> {
  readonly workspace_id: string
  readonly user_id: string
  /** How many topics the workspace may have. */
  readonly most?: number
}

/** What becomes of a topic. What is left out stays. */
export type TopicChange = Partial<Pick<Topic, 'title' | 'strategy' | 'hours' | 'away_text' | 'targets'>>

export interface TopicStore {
  /** A name is unique per workspace, a cid per workspace and user. */
  create(topic: NewTopic): Promise<Creation<Topic>>
  get(workspaceId: string, name: string): Promise<Topic | null>
  /** Null where there is no such topic. */
  update(workspaceId: string, name: string, change: TopicChange): Promise<Topic | null>
  /** Oldest first. */
  list(workspaceId: string): Promise<Topic[]>
}
