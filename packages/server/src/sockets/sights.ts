import type { Session } from '@dowellchat/protocol'
import { countedCache } from '../counted-cache.ts'
import { type BlockStore, mostPairs, type UserStore } from '../stores/store.ts'
import { isHidden } from './shown-presence.ts'

/** From whom a user hides. */
interface Sight {
  /** Whether they hide from everybody. */
  readonly isHidden: boolean
  /** Whom they have blocked, and who has blocked them. */
  readonly unseenBy: readonly string[]
}

interface SightsParts {
  readonly users: Pick<UserStore, 'settings'>
  readonly blocks: Pick<BlockStore, 'pairs'>
}

const mostKept = 10_000
const keptMs = 60_000

/** Keeps for a while from whom users hide, so that what they do often does not ask the store each time. */
export class Sights {
  readonly #parts: SightsParts
  readonly #known = countedCache<string, Promise<Sight>>(mostKept, keptMs)

  constructor(parts: SightsParts) {
    this.#parts = parts
  }

  async of({ workspace_id, user_id, user_ids }: Session): Promise<Sight> {
    const name = `${workspace_id}\n${user_id}`
    const known = this.#known.get(name) ?? this.#read(workspace_id, user_id, user_ids)
    this.#known.set(name, known)
    try {
      return await known
    } catch (error) {
      if (this.#known.peek(name) === known) this.#known.delete(name)
      throw error
    }
  }

  /** What was known of a user holds no more. */
  forget(workspaceId: string, userId: string): void {
    this.#known.delete(`${workspaceId}\n${userId}`)
  }

  async #read(workspaceId: string, userId: string, userIds: readonly string[]): Promise<Sight> {
    const { users, blocks } = this.#parts
    const [[settings], pairs] = await Promise.all([
      users.settings(workspaceId, [userId]),
      blocks.pairs(workspaceId, userIds),
    ])
    const others = new Set(pairs.flatMap(({ user_id, blocked_id }) => [user_id, blocked_id]))
    for (const id of userIds) others.delete(id)
    // Of so many not all are known: then nobody is told.
    return { isHidden: isHidden(settings) || pairs.length >= mostPairs, unseenBy: [...others] }
  }
}
