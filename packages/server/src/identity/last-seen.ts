import { Name, Picture } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { countedCache } from '../counted-cache.ts'
import type { Logger } from '../logger.ts'
import type { UserSeen, UserStore } from '../stores/store.ts'
import { isoNow } from '../time.ts'
import { anonymousPrefix } from './anonymous.ts'
import { byWorkspace } from './by-workspace.ts'
import { erasedId } from './erased.ts'
import type { Identity } from './identity.ts'
import type { Keys } from './keys.ts'

/** How often what is new is written. Nobody waits for it. */
const writeMs = 1_000
/** How often a user's last time is written. */
const againMs = 60_000
/** How many users are written at once. It is little, since what else is written at the time waits for them. */
const mostAtOnce = 50
const keptUsers = 10_000
/** Beyond so many that wait, such as while the store is gone, they are left out until they connect again. */
const mostWaiting = 10_000

interface Left {
  readonly workspaceId: string
  readonly left: Pick<UserSeen, 'user_id' | 'at'>
}

interface Noted {
  /** What the connection said of its user. */
  readonly claims: string
  readonly erased_as: string
}

/** Keeps one row for each user who connects, behind their backs: a handshake does not wait for it. */
export class LastSeen {
  readonly #users: UserStore
  readonly #keys: Pick<Keys, 'hash'>
  readonly #logger: Logger
  /** What was noted of a user in the last minute. */
  readonly #noted = countedCache<string, Noted>(keptUsers, againMs)
  /** By workspace and user. */
  readonly #waiting = new Map<string, Map<string, UserSeen>>()
  /** When users have left, by workspace and user. */
  readonly #left = new Map<string, Left>()
  #count = 0
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()
  /** So that the log has one line, however long the store cannot take anything. */
  #isFailing = false

  constructor(users: UserStore, keys: Pick<Keys, 'hash'>, logger: Logger) {
    this.#users = users
    this.#keys = keys
    this.#logger = logger
  }

  /** Notes that somebody has connected. Guests and sockets without an identity have no row. */
  note({ session, picture: claimed, is_program = false }: Identity): void {
    const { workspace_id, user_id } = session
    if (user_id.startsWith(anonymousPrefix)) return
    const [name, picture] = [readable(Name, session.name), readable(Picture, claimed)]
    const key = `${workspace_id}\n${user_id}`
    const claims = JSON.stringify([name, picture, is_program])
    if (this.#noted.get(key)?.claims === claims || this.#count >= mostWaiting) return
    const erased_as = erasedId(this.#keys, workspace_id, user_id)
    this.#noted.set(key, { claims, erased_as })
    this.#add(workspace_id, { user_id, name, picture, at: isoNow(), is_program, erased_as })
    this.#timer ??= setTimeout(() => void this.write(), writeMs).unref()
  }

  /** Notes that somebody's last connection to this server has ended. */
  left(workspaceId: string, user_id: string): void {
    if (user_id.startsWith(anonymousPrefix) || this.#left.size >= mostWaiting) return
    this.#left.set(`${workspaceId}\n${user_id}`, { workspaceId, left: { user_id, at: isoNow() } })
    this.#timer ??= setTimeout(() => void this.write(), writeMs).unref()
  }

  /** Drops what waits of somebody who was erased; whoever comes again is noted again. */
  forget(workspaceId: string, erasedAs: string): void {
    const users = this.#waiting.get(workspaceId)
    for (const { user_id, erased_as } of users?.values() ?? []) {
      if (erased_as === erasedAs && users?.delete(user_id)) this.#count -= 1
    }
    for (const [key, { erased_as }] of this.#noted.entries())
      if (erased_as === erasedAs) this.#noted.delete(key)
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
    const left = [...this.#left.values()]
    this.#left.clear()
    this.#writing = this.#writing.then(() => this.#writeAll(waiting)).then(() => this.#writeLeft(left))
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

  async #writeLeft(left: readonly Left[]): Promise<void> {
    for (let at = 0; at < left.length; at += mostAtOnce) {
      const batch = byWorkspace(left.slice(at, at + mostAtOnce))
      await Promise.all(
        [...batch].map(([workspaceId, some]) =>
          this.#write(() =>
            this.#users.left(
              workspaceId,
              some.map(({ left }) => left),
            ),
          ),
        ),
      )
    }
  }

  async #see(workspaceId: string, seen: readonly UserSeen[]): Promise<void> {
    if (await this.#write(() => this.#users.see(workspaceId, seen))) return
    // Their next connection writes them.
    for (const { user_id } of seen) this.#noted.delete(`${workspaceId}\n${user_id}`)
  }

  /** Whether it could be written. */
  async #write(write: () => Promise<void>): Promise<boolean> {
    try {
      await write()
      this.#isFailing = false
      return true
    } catch (error) {
      if (!this.#isFailing) this.#logger.warn({ error }, 'Who has connected could not be written')
      this.#isFailing = true
      return false
    }
  }
}

/** What clients could read; null for anything else. */
function readable(schema: z.ZodMiniType<string>, value: unknown): string | null {
  const parsed = z.safeParse(schema, value)
  return parsed.success ? parsed.data : null
}
