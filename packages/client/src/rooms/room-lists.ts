import { limits, roomStream } from '@dowellchat/protocol/core'
import type { ListedRoom, PushOf, Reader, Room } from '../entities.ts'
import { isRequestError } from '../errors.ts'
import { together } from '../live/stops.ts'
import { isOwnId } from '../presence/own-id.ts'
import type { Wire } from '../requests/wire.ts'
import { createKeptRooms, type Keeping } from './kept-rooms.ts'
import { createLevelling } from './levelling.ts'
import {
  activityOf,
  type Counted,
  changesMentions,
  hasUnknownChanges,
  type IsOwn,
  isBehind,
  isUnsure,
  type RoomActivity,
  withActivity,
  withReader,
  withRoom,
} from './listed-rooms.ts'
import { ownChange } from './membership.ts'
import { createMissingRooms } from './missing-rooms.ts'
import type { Facts } from './room-facts.ts'
import { createRoomList, type RoomList } from './room-list.ts'
import { createUnread } from './unread.ts'
import type { LiveUnread } from './unread-state.ts'

/** The user's rooms: those that are not archived, and those that are. */
export interface RoomLists {
  readonly list: (isArchived: boolean) => RoomList
  readonly unread: LiveUnread
  /** Changes how the user keeps a room, at once; takes it back if that fails. */
  readonly keep: (room: string, keeping: Keeping) => Promise<Reader>
  readonly remove: (room: string) => void
}

type Change = (known: Counted) => Counted
type Changes = ReadonlyMap<string, Change>

const prefix = roomStream('')

export function createRoomLists(wire: Wire): RoomLists {
  const { connection, request, on, answered } = wire
  const isOwn: IsOwn = (userId) => isOwnId(connection, userId)
  const kept = createKeptRooms()
  let holders = 0
  let stop = (): void => {}
  const levelling = createLevelling(level)
  const facts = { isOwn, doubt: levelling.note }
  const make = (isArchived: boolean): RoomList => createRoomList(wire, { isArchived, facts, kept, listen })
  const [main, archive] = [make(false), make(true)]
  const lists = [main, archive]
  /** Rooms of which the server is being asked. */
  const asking = new Set<string>()
  const missing = createMissingRooms({
    has: (room) => shownOf(room) !== undefined,
    hasMore: () => main.getSnapshot().hasMore,
    look: () => main.refresh(limits.rooms),
  })

  const shownRooms = (): ListedRoom[] => lists.flatMap((list) => list.getSnapshot().items)
  const shownOf = (room: string): ListedRoom | undefined => shownRooms().find(({ _id }) => _id === room)

  /** Listens once for both lists, while one of them is open. */
  function listen(): () => void {
    holders += 1
    if (holders === 1) stop = hear()
    return () => {
      holders -= 1
      if (holders > 0) return
      stop()
      levelling.stop()
      missing.stop()
    }
  }

  function hear(): () => void {
    return together(
      on.room_activity(({ rooms }) => onActivity(rooms)),
      on.entries(onEntries),
      on.reader_changed(({ data, is_listed }) => onReader(data, is_listed)),
      on.room_updated(({ data }) => onRoom(data)),
      on.member_changed(onMembers),
      answered.reader((reader) => onReader(reader)),
      answered.message((last) => {
        const { seq, nth, _id } = last
        const room = roomOf(last.stream)
        if (room === undefined) return
        onActivity([{ room, head: { seq, nth, id: _id }, last }])
        missing.expect(room, true)
      }),
      answered.page(({ stream }) => {
        const room = roomOf(stream)
        if (room !== undefined) missing.expect(room, true)
      }),
    )
  }

  /** Changes rooms that are shown, all at once. */
  function change(changes: Changes): void {
    const shown = shownRooms().filter(({ _id }) => changes.has(_id))
    place(
      shown.flatMap((before) => {
        const base = kept.base(before)
        const next = changes.get(before._id)?.(base) ?? base
        const now = kept.show(next, before)
        return next === base || now === before ? [] : { before, now }
      }),
    )
  }

  function place(moved: readonly { readonly before: ListedRoom; readonly now: ListedRoom }[]): void {
    for (const list of lists) {
      const isHere = ({ reader }: ListedRoom): boolean => reader.is_archived === (list === archive)
      for (const { before, now } of moved) if (isHere(before) && !isHere(now)) list.remove(now._id)
      const here = moved.map(({ now }) => now).filter(isHere)
      if (here.length > 0) list.putAll(here)
    }
  }

  function note(room: string, facts: Facts): void {
    for (const list of lists) list.facts.note(room, facts)
  }

  function onActivity(rooms: readonly RoomActivity[]): void {
    const changes = new Map<string, Change>()
    for (const activity of rooms) {
      note(activity.room, { activity })
      changes.set(activity.room, (known) => {
        if (isUnsure(known, activity, isOwn) || hasUnknownChanges(known, activity))
          levelling.note(activity.room)
        return withActivity(known, activity, isOwn)
      })
    }
    change(changes)
  }

  function onEntries({ stream, entries }: PushOf<'entries'>): void {
    const room = roomOf(stream)
    if (room === undefined) return
    const next: Change = (known) => {
      const now = entries.reduce<Counted>((so, entry) => {
        const activity = activityOf(so.room, entry)
        if (!activity) return so
        if (isUnsure(so, activity, isOwn) || changesMentions(so, entry, isOwn)) levelling.note(room)
        return withActivity(so, activity, isOwn)
      }, known)
      const { head, last } = now.room
      if (now !== known) note(room, { activity: { room, head, last } })
      return now
    }
    change(new Map([[room, next]]))
  }

  function onReader(reader: Reader, isListed?: boolean): void {
    const room = roomOf(reader.stream)
    if (room === undefined) return
    if (isListed === false) {
      remove(room)
      return
    }
    note(room, { reader })
    const next: Change = (known) => {
      if (!asking.has(room) && isBehind(known, reader)) levelling.note(room)
      return withReader(known, reader)
    }
    change(new Map([[room, next]]))
    if (isListed || isNews(reader)) missing.expect(room)
  }

  /** Whether a room that is not shown may belong to what is: to its front, or to a list that is loaded whole. */
  function isNews({ is_pinned, is_archived, version }: Reader): boolean {
    return !is_archived && (is_pinned || version <= 1 || !main.getSnapshot().hasMore)
  }

  function onRoom(room: Room): void {
    if (room.kind === 'open') return
    if (room.closed_at !== null) {
      remove(room._id)
      return
    }
    note(room._id, { room })
    change(new Map([[room._id, (known) => withRoom(known, room)]]))
    if (!main.getSnapshot().hasMore || room.version <= 1) missing.expect(room._id)
  }

  function onMembers(push: PushOf<'member_changed'>): void {
    const own = ownChange(wire, push)
    if (own?.role === null) remove(push.room)
    else if (own) missing.expect(push.room)
  }

  function remove(room: string): void {
    missing.forget(room)
    for (const list of lists) list.remove(room)
  }

  async function level(room: string): Promise<void> {
    const shown = shownOf(room)
    if (!shown) return
    asking.add(room)
    try {
      // It moves no mark; the answer has counted again.
      await request.mark_read({ stream: shown.reader.stream, nth: 0 })
    } finally {
      asking.delete(room)
    }
    // What has come meanwhile may not be counted in the answer.
    if (shownOf(room)?.head.nth !== shown.head.nth) levelling.note(room)
  }

  async function keep(room: string, keeping: Keeping): Promise<Reader> {
    const before = shownOf(room)
    const end = kept.begin(room, keeping)
    const show = (change: Change): void => {
      const shown = shownOf(room) ?? before
      if (shown) place([{ before: shown, now: kept.show(change(kept.base(shown))) }])
    }
    show((known) => known)
    try {
      const reader = await request.keep_room({ room, ...keeping })
      end()
      show((known) => withReader(known, reader))
      return reader
    } catch (error) {
      end()
      if (isRequestError(error) && error.code === 'not_found') remove(room)
      else show((known) => known)
      throw error
    }
  }

  return {
    list: (isArchived) => (isArchived ? archive : main),
    unread: createUnread(main, wire),
    keep,
    remove,
  }
}

function roomOf(stream: string): string | undefined {
  return stream.startsWith(prefix) ? stream.slice(prefix.length) : undefined
}
