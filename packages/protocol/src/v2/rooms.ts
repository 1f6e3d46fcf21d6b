import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { type RoomPushes, type RoomRequests, roomRequests } from '../rooms.ts'
import { type Page, streamOwner } from '../streams.ts'
import { type V2Defs, type V2Frame, V2Id, type V2Pushes, v2, v2Id } from './define.ts'
import { isV2Message, v2Text } from './message-kinds.ts'

function history({ stream, entries, more }: Page): V2Frame[] {
  const texts = entries.filter(isV2Message).map(v2Text)
  if (texts.length === 0) texts.push(`Welcome to ${streamOwner(stream).id}. There are no messages yet.`)
  if (more) texts.unshift(`There are older messages. These are the newest ${texts.length}.`)
  return texts.map((data) => ['my_response', { data, count: 0 }])
}

export const v2RoomRequests = {
  join: v2(roomRequests.join, {
    payload: z.object({ room: V2Id }),
    event: 'my_response',
    operation: 'join',
    toCurrent: ({ room }) => ({ room: v2Id(room), limit: limits.page_entries }),
    followedBy: history,
  }),
  leave: v2(roomRequests.leave, {
    payload: z.object({ room: V2Id }),
    event: 'my_response',
    operation: 'leave',
    toCurrent: ({ room }) => ({ room: v2Id(room) }),
  }),
  close_room: v2(roomRequests.close_room, {
    payload: z.object({ room: V2Id }),
    event: 'my_response',
    operation: 'close_room',
    toCurrent: ({ room }) => ({ room: String(room) }),
  }),
} as const satisfies V2Defs<RoomRequests>

/** V2 pages know open rooms only. */
export const v2RoomPushes = {
  room_updated: null,
  member_changed: null,
  room_activity: null,
} satisfies V2Pushes<{ [K in keyof RoomPushes]: z.output<RoomPushes[K]> }>

/** Notices about people joining and leaving a room; only its V2 sockets get them. */
export const v2RoomNotices = {
  member_joined: ({ room, who }: { room: string; who: string }): V2Frame => [
    'my_response',
    { data: `${who} joined ${room}`, count: 0 },
  ],
  member_left: ({ room }: { room: string }): V2Frame => ['my_response', { data: `Left room: ${room}` }],
  room_closing: ({ room }: { room: string }): V2Frame => [
    'my_response',
    { data: `Room ${room} is closing.` },
  ],
}
