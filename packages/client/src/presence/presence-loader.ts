import { limits } from '@dowellchat/protocol/core'
import type { Presence } from '../entities.ts'
import { isRequestError } from '../errors.ts'
import { inOneTurn } from '../requests/in-one-turn.ts'
import type { Wire } from '../requests/wire.ts'

/** Answers those of the users whose presence the session may see. */
export type PresenceLoader = (userIds: readonly string[]) => Promise<readonly Presence[]>

/** Loads presences: all that are asked for in one turn by as few requests as there can be. */
export function createPresenceLoader({ connection, request }: Wire): PresenceLoader {
  const load = inOneTurn<Presence>(async (ids) => {
    const found = new Map<string, Presence>()
    // An earlier server, and one that tells guests nothing.
    if (!connection.getSnapshot().session?.can.includes('get_presence')) return found
    for (let at = 0; at < ids.length; at += limits.users) {
      const { presences } = await orNone(request.get_presence({ user_ids: ids.slice(at, at + limits.users) }))
      for (const one of presences) found.set(one.user_id, one)
    }
    return found
  })

  return async (userIds) => {
    if (userIds.length === 0) return []
    const found = await load(userIds)
    return userIds.flatMap((id) => found.get(id) ?? [])
  }
}

/** A workspace may tell nobody who is there. */
async function orNone(asked: Promise<{ readonly presences: readonly Presence[] }>) {
  try {
    return await asked
  } catch (error) {
    if (isRequestError(error) && error.code === 'forbidden') return { presences: [] }
    throw error
  }
}
