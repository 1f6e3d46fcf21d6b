import type { CannedAnswer } from '@dowellchat/protocol'
import type { ClientMade, Creation } from './rows.ts'

export interface NewCannedAnswer extends ClientMade, Pick<CannedAnswer, 'title' | 'text' | 'product'> {
  readonly workspace_id: string
  readonly created_by: string
  /** How many the workspace may have. */
  readonly most?: number
}

export type CannedAnswerChange = Partial<Pick<CannedAnswer, 'title' | 'text' | 'product'>>

export interface CannedAnswerList {
  /** Those for this topic and those for all; without it all. */
  readonly product?: string
  /** The last title that the asker has. */
  readonly after?: string
  readonly limit: number
}

export interface CannedAnswerStore {
  /** A title is unique per workspace, a cid per workspace and creator. */
  create(answer: NewCannedAnswer): Promise<Creation<CannedAnswer>>
  get(workspaceId: string, answerId: string): Promise<CannedAnswer | null>
  /** Null where there is no such answer, `exists` where another one has the title. */
  update(
    workspaceId: string,
    answerId: string,
    change: CannedAnswerChange,
  ): Promise<CannedAnswer | 'exists' | null>
  /** Answers whether there was one. */
  remove(workspaceId: string, answerId: string): Promise<boolean>
  /** In the order of their titles. */
  list(workspaceId: string, list: CannedAnswerList): Promise<CannedAnswer[]>
}
