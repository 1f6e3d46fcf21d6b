import type { Session } from '@dowellchat/protocol'
import { LRUCache } from 'lru-cache'
import type { BlockStore, UserStore } from '../stores/store.ts'
import { isHidden } from './shown-presence.ts'

/** From whom a user hides. */
interface Sight {
  /** Whether they hide from everybody. */
  readonly isHidden: boolean
  /** Whom they have blocked. */
  readonly blocked: readonly string[]
}

interface SightsParts {
  readonly users: Pick<UserStore, 'settings'>
  readonly blocks: Pick<BlockStore, 'pairs'>
}

const mostKept = 10_000
const keptMs = 60_000
const everybody: Sight = { isHidden: false, blocked: [] }

/** Keeps for a while from whom users hide, so that what they do often does not ask the store each time. */
export class Sights {
  readonly #parts: SightsParts
  readonly #known = new LRUCache<string, Promise<Sight>>({ max: mostKept, ttl: keptMs })

  constructor(parts: SightsParts) {
    this.#parts = parts
  }

  async of({ workspace_id, user_id, user_ids, is_guest }: Session): Promise<Sight> {
    // Guests have neither a row nor anybody whom they have blocked.
    if (is_guest) return everybody
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
    return { isHidden: isHidden(settings), blocked: pairs.map(({ blocked_id }) => blocked_id) }
  }
}
