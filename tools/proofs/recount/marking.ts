import { type Act, type Actor, someMessage, somePlace } from './actor.ts'
import type { Place } from './world.ts'

async function mark(
  { device, world }: Actor,
  request: 'mark_read' | 'mark_unread',
  { stream }: Place,
  asked: number,
): Promise<void> {
  const at = new Date().toISOString()
  world.count(request)
  const answer = await device.ask(request, { stream, nth: asked })
  if ('refused' in answer)
    return world.expect(false, () => `${device.name}: ${request} ${answer.refused.text}`)
  const reader = answer.data
  const nth = request === 'mark_read' ? asked : asked - 1
  if (answer.lost > 0 && asked > 0) world.unansweredMarks.push({ user: device.user, stream, request, nth })
  world.noteReader(device.user, reader)
  if (asked > 0) world.markings.push({ user: device.user, stream, request, asked, at, reader })
}

/** Has read up to a message, or asks how far they are. */
export const markRead: Act = (actor) => {
  const place = somePlace(actor)
  const message = place && someMessage(actor.device.random, place)
  if (!place || !message) return false
  if (actor.device.isFirst && actor.device.random() < 0.3) return markBySdk(actor, place, message.nth)
  return mark(actor, 'mark_read', place, actor.device.random() < 0.1 ? 0 : message.nth)
}

/** What the SDK marks behind the call comes with no answer of its own. */
async function markBySdk({ device, world }: Actor, place: Place, nth: number): Promise<void> {
  if (place.room === null) return
  world.count('markRead')
  device.client.rooms.messages(place.room).markRead(nth)
  const { stream } = place
  world.unansweredMarks.push({ user: device.user, stream, request: 'mark_read', nth })
}

export const markUnread: Act = (actor) => {
  const place = somePlace(actor)
  const message = place && someMessage(actor.device.random, place)
  return place && message ? mark(actor, 'mark_unread', place, message.nth) : false
}

/** Mutes, pins or archives a room for oneself. */
export const keep: Act = (actor) => {
  const { device, world } = actor
  const { random } = device
  const place = somePlace(actor, ({ kind }) => kind === 'members' || kind === 'direct', world.places)
  if (!place?.room) return false
  const names = ['is_muted', 'is_pinned', 'is_archived'] as const
  const change = Object.fromEntries(names.flatMap((name) => (random() < 0.4 ? [[name, random() < 0.4]] : [])))
  return keepRoom(actor, place.room, change)
}

async function keepRoom({ device, world }: Actor, room: string, change: object): Promise<void> {
  world.count('keep_room')
  const isBySdk = device.isFirst && device.random() < 0.5
  if (isBySdk) {
    // It is asked again until it is so; what it answers is the reader, too.
    const reader = await device.client.rooms.keep(room, change).catch(() => undefined)
    if (reader) return world.noteReader(device.user, reader)
  }
  const answer = await device.ask('keep_room', { room, ...change })
  if ('data' in answer) world.noteReader(device.user, answer.data)
  else world.expect(false, () => `${device.name}: keep_room ${answer.refused.text}`)
}

/** Reads the list, what is unread in it, and who has read how far. */
export const lookAtLists: Act = ({ device, world }) => {
  const name = device.random() < 0.5 ? 'get_unread' : 'get_rooms'
  world.count(name)
  return name === 'get_unread' ? device.get(name, {}) : device.get(name, { limit: 2 })
}

export const lookAtReceipts: Act = (actor) => {
  const place = somePlace(actor, ({ kind }) => kind !== 'open' && kind !== 'thread', actor.world.places)
  if (!place) return false
  actor.world.count('get_receipts')
  return actor.device.get('get_receipts', { stream: place.stream })
}
