import { Name, Picture } from '@dowellchat/protocol'
import { LRUCache } from 'lru-cache'
import * as z from 'zod/mini'
import type { Logger } from '../logger.ts'
import type { UserSeen, UserStore } from '../stores/store.ts'
import { anonymousPrefix } from './anonymous.ts'
import { byWorkspace } from './by-workspace.ts'
import type { Identity } from './identity.ts'

/** How often what is new is written. Nobody waits for it. */
const writeMs = 1_000
/** How often a user's last time is written. */
const againMs = 60_000
/** How many users are written at once. It is little, since what else is written at the time waits for them. */
const mostAtOnce = 200
const keptUsers = 10_000
/** Beyond so many that wait, such as while the store is gone, they are left out until they connect again. */
const mostWaiting = 10_000

/** Keeps one row for each user who connects, behind their backs: a handshake does not wait for it. */
export class LastSeen {
  readonly #users: UserStore
  readonly #logger: Logger
  /** What was noted of a user in the last minute. */
  readonly #noted = new LRUCache<string, string>({ max: keptUsers, ttl: againMs })
  /** By workspace and user. */
  readonly #waiting = new Map<string, Map<string, UserSeen>>()
  #count = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  /** So that the log has one line, however long the store cannot take anything. */
  #isFailing = false

  constructor(users: UserStore, logger: Logger) {
    this.#users = users
    this.#logger = logger
  }

  /** Notes that somebody has connected. Guests and sockets without an identity have no row. */
  note({ session, picture }: Identity): void {
    const { workspace_id, user_id } = session
    if (user_id.startsWith(anonymousPrefix)) return
    const seen = {
      user_id,
      name: readable(Name, session.name),
      picture: readable(Picture, picture),
      at: new Date().toISOString(),
    }
    const key = `${workspace_id}\n${user_id}`
    const claims = JSON.stringify([seen.name, seen.picture])
    if (this.#noted.get(key) === claims || this.#count >= mostWaiting) return
    this.#noted.set(key, claims)
    this.#add(workspace_id, seen)
    this.#timer ??= setTimeout(() => void this.write(), writeMs).unref()
  }

  #add(workspaceId: string, seen: UserSeen): void {
    const users = this.#waiting.get(workspaceId) ?? new Map<string, UserSeen>()
    this.#waiting.set(workspaceId, users)
    if (!users.has(seen.user_id)) this.#count += 1
    users.set(seen.user_id, seen)
  }

  /** Writes what waits; resolves once everything is written. */
  write(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    this.#count = 0
    this.#writing = this.#writing.then(() => this.#writeAll(waiting))
    return this.#writing
  }

  async #writeAll(waiting: readonly [string, ReadonlyMap<string, UserSeen>][]): Promise<void> {
    const rows = waiting.flatMap(([workspaceId, users]) =>
      [...users.values()].map((seen) => ({ workspaceId, seen })),
    )
    // Those of all workspaces together, which costs the embedded store one commit.
    for (let at = 0; at < rows.length; at += mostAtOnce) {
      const batch = byWorkspace(rows.slice(at, at + mostAtOnce))
      await Promise.all(
        [...batch].map(([workspaceId, some]) =>
          this.#see(
            workspaceId,
            some.map(({ seen }) => seen),
          ),
        ),
      )
    }
  }

  async #see(workspaceId: string, seen: readonly UserSeen[]): Promise<void> {
    try {
      await this.#users.see(workspaceId, seen)
      this.#isFailing = false
    } catch (error) {
      // Their next connection writes them.
      for (const { user_id } of seen) this.#noted.delete(`${workspaceId}\n${user_id}`)
      if (!this.#isFailing) this.#logger.warn({ error }, 'Who has connected could not be written')
      this.#isFailing = true
    }
  }
}

/** What clients could read; null for anything else. */
function readable(schema: z.ZodMiniType<string>, value: unknown): string | null {
  const parsed = z.safeParse(schema, value)
  return parsed.success ? parsed.data : null
}
