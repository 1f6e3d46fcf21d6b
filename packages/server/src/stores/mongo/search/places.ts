import { streamOwner } from '@dowellchat/protocol'
import { countedCache } from '../../../counted-cache.ts'
import { numberOf } from '../../names-as-numbers.ts'
import { type StreamKey, streamId } from '../../store.ts'
import type { Rows } from '../rows.ts'
import type { ThreadDocument } from '../threads.ts'
import type { TicketDocument } from '../ticket-rows.ts'

const tickets = 't'

/** The names of the places in which messages are looked for. */
export const placeNames = {
  stream: ({ workspace_id, stream }: StreamKey): string => `s${numberOf(workspace_id, stream).toString(36)}`,
  tickets,
  customer: (workspaceId: string, user: string): string => `c${numberOf(workspaceId, user).toString(36)}`,
}

/** A term in a place, as it is indexed. */
export function termIn(place: string, term: string): string {
  return `${place} ${term}`
}

/** Finds the places in which the messages of a stream are looked for. */
export type PlacesOf = (key: StreamKey) => Promise<readonly string[]>

interface PlaceRows {
  readonly threads: Rows<ThreadDocument>
  readonly tickets: Rows<TicketDocument>
}

const keptStreams = 10_000

export function mongoPlaces(rows: PlaceRows): PlacesOf {
  const kept = countedCache<string, readonly string[]>(keptStreams)

  /** The room or ticket of a stream; itself where nothing is known of it. */
  async function ownerOf({ workspace_id, stream }: StreamKey): Promise<string> {
    const { kind, id } = streamOwner(stream)
    if (kind !== 'thread') return stream
    return (await rows.threads.get({ workspace_id, _id: id }, ['parent']))?.parent ?? stream
  }

  async function find(key: StreamKey): Promise<readonly string[]> {
    const { workspace_id } = key
    const stream = await ownerOf(key)
    const own = placeNames.stream({ workspace_id, stream })
    const { kind, id } = streamOwner(stream)
    if (kind !== 'ticket') return [own]
    const ticket = await rows.tickets.get({ workspace_id, _id: id }, ['user_id'])
    return ticket ? [own, placeNames.tickets, placeNames.customer(workspace_id, ticket.user_id)] : [own]
  }

  return async (key) => {
    const known = kept.get(streamId(key))
    if (known) return known
    const places = await find(key)
    kept.set(streamId(key), places)
    return places
  }
}
