import { limits } from '@dowellchat/protocol/core'
import { isVisible } from '../connection/network.ts'
import type { ListedRoom } from '../entities.ts'
import type { EditableList } from '../live/live-list.ts'
import { createLoadedList } from '../live/loaded-list.ts'
import type { Loaded } from '../live/pages.ts'
import { together } from '../live/stops.ts'
import type { Wire } from '../requests/wire.ts'
import { againAndAgain } from './again-and-again.ts'
import type { KeptRooms } from './kept-rooms.ts'
import { byActivity, countedRoom } from './listed-rooms.ts'
import { createRoomFacts, type FactsOptions, type RoomFacts } from './room-facts.ts'

interface RoomListOptions {
  readonly isArchived: boolean
  readonly facts: FactsOptions
  readonly kept: KeptRooms
  /** Runs while the list is open; the answer runs when it closes. */
  readonly listen: () => () => void
}

/** The rooms of the user that are archived, or those that are not. */
export interface RoomList extends EditableList<ListedRoom> {
  readonly facts: RoomFacts
  /** Reads the rooms that were active last, and shows those that have come. */
  readonly refresh: (limit?: number) => Promise<void>
}

/** A room beyond what is loaded is not pushed when it becomes active, and what other devices have read may not be. */
const refreshMs = 60_000
const refreshed = 20
/** Ends of what is loaded that may have left the list meanwhile. */
const mostEnds = 3

export function createRoomList(
  wire: Wire,
  { isArchived, facts: options, kept, listen }: RoomListOptions,
): RoomList {
  const { connection, request } = wire
  const facts = createRoomFacts(options)
  /** Those that have left the list while it was refreshed. */
  const removed = new Set<string>()
  const items = (): readonly ListedRoom[] => list.getSnapshot().items

  async function ask(limit: number, before?: string): Promise<Loaded<ListedRoom>> {
    const archived = isArchived && { is_archived: true }
    const { rooms, more } = await request.get_rooms({ limit, ...archived, ...(before && { before }) })
    return { items: taken(rooms), hasMore: more }
  }

  /** The rooms of an answer as they are shown: the same objects where nothing has changed. */
  function taken(rooms: readonly ListedRoom[]): ListedRoom[] {
    const known = new Map(items().map((room) => [room._id, room]))
    return rooms.flatMap((room) => {
      const shown = kept.show(facts.apply(countedRoom(room)), known.get(room._id))
      // A server of an earlier version has no archive.
      return shown.reader.is_archived === isArchived ? [shown] : []
    })
  }

  async function nextPage(last: ListedRoom, limit: number): Promise<Loaded<ListedRoom>> {
    const ends = [last, ...items().slice(0, -1).reverse()].slice(0, mostEnds)
    for (const { _id } of ends) {
      const page = await newAfter(_id, limit)
      // Nothing follows a room that has left the list.
      if (page.items.length > 0) return page
    }
    return { items: [], hasMore: false }
  }

  /** What follows a room, past those that are shown already: the room may have moved up. */
  async function newAfter(room: string, limit: number): Promise<Loaded<ListedRoom>> {
    const known = new Set(items().map(({ _id }) => _id))
    let page = await ask(limit, room)
    for (let tries = known.size; tries > 0; tries -= limit) {
      const end = page.items.at(-1)
      if (!end || !page.hasMore || page.items.some(({ _id }) => !known.has(_id))) break
      page = await ask(limit, end._id)
    }
    return page
  }

  async function refresh(limit = refreshed): Promise<void> {
    removed.clear()
    const before = items()
    const answer = await ask(limit)
    const shown = new Set(items())
    const news = answer.items.filter((room) => !shown.has(room) && !removed.has(room._id))
    if (news.length > 0) list.putAll(news)
    if (answer.hasMore) return
    // The answer has all that there are; what has changed meanwhile came later.
    const listed = new Set(answer.items.map(({ _id }) => _id))
    for (const room of before) if (!listed.has(room._id) && shown.has(room)) list.remove(room._id)
  }

  function refreshIfVisible(): void {
    if (isVisible()) refresh().catch(() => undefined)
  }

  const list: EditableList<ListedRoom> = createLoadedList<ListedRoom>(
    {
      ...byActivity,
      mostAtOnce: limits.rooms,
      merge: (_put, answer) => kept.show(facts.apply(kept.base(answer))),
      async page(last, limit) {
        if (last === undefined) {
          facts.clear()
          return ask(limit)
        }
        // It is loaded again: what is shown need not end where the answer before this one did.
        if (last !== items().at(-1)) return ask(limit, last._id)
        await refresh()
        return nextPage(items().at(-1) ?? last, limit)
      },
      watch: () => together(listen(), againAndAgain(connection, refreshMs, refreshIfVisible)),
    },
    wire,
  )
  return {
    ...list,
    facts,
    refresh,
    remove(room) {
      removed.add(room)
      list.remove(room)
    },
  }
}
