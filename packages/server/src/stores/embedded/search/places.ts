import { streamOwner, threadStream } from '@dowellchat/protocol'
import { countedCache } from '../../../counted-cache.ts'
import { numberOf } from '../../names-as-numbers.ts'
import type { EmbeddedLog, Logs } from '../logs.ts'
import type { Database } from '../sqlite.ts'

/** Where the messages of a stream are looked for. */
export interface Place {
  /** The workspace, as a number. */
  readonly tenant: number
  /** The number of the room's or ticket's stream; that of a thread's message is its parent's. */
  readonly place_n: number
  /** The customer of a ticket, as a number; null in rooms. */
  readonly customer: number | null
}

const keptPlaces = 10_000

/** Finds where the messages of streams are looked for. */
export interface Places {
  of(log: EmbeddedLog): Place
  /** Drops what is in memory: after a rollback it may be of what is not in the file. */
  forget(): void
}

export function embeddedPlaces(db: Database, logs: Logs): Places {
  const kept = countedCache<number, Place>(keptPlaces)
  const parentOf = db.prepare<{ parent: string }>(
    'SELECT parent FROM threads WHERE workspace_id = ? AND id = ?',
  )
  const customerOf = db.prepare<{ user_id: string }>(
    'SELECT user_id FROM tickets WHERE workspace_id = ? AND id = ?',
  )

  /** The stream of the room or ticket; the thread's own where nothing is known of it. */
  function ownerOf({ key, n }: EmbeddedLog): { readonly stream: string; readonly n: number } {
    const { workspace_id, stream } = key
    const { kind, id } = streamOwner(stream)
    if (kind !== 'thread') return { stream, n }
    const { parent } = parentOf.get(workspace_id, id) ?? { parent: threadStream(id) }
    return { stream: parent, n: logs.findWhole({ workspace_id, stream: parent })?.n ?? n }
  }

  function customerIn(workspaceId: string, stream: string): number | null {
    const { kind, id } = streamOwner(stream)
    const ticket = kind === 'ticket' ? customerOf.get(workspaceId, id) : undefined
    return ticket ? numberOf(workspaceId, ticket.user_id) : null
  }

  function placeOf(log: EmbeddedLog): Place {
    const known = kept.get(log.n)
    if (known) return known
    const { workspace_id } = log.key
    const { stream, n } = ownerOf(log)
    const place = {
      tenant: numberOf(workspace_id),
      place_n: n,
      customer: customerIn(workspace_id, stream),
    }
    kept.set(log.n, place)
    return place
  }

  return { of: placeOf, forget: () => kept.clear() }
}
