import { isRequestError, newCid, type SendOptions } from '../../../packages/client/src/index.ts'
import { pick } from '../stores/random.ts'
import { type Act, type Actor, noted, someMessage, somePlace } from './actor.ts'
import { everybody } from './scene.ts'
import { type Known, newPlace, type Place } from './world.ts'

const mostThreads = 20

/** A text with what goes with it. */
interface Content {
  readonly message_data: string
  readonly mentions?: { user_id: string; start: number; end: number }[]
  readonly reply?: Known
  readonly metadata?: Record<string, unknown>
}

/** Names some people at the beginning of a text. */
export function mentioning({ device }: Actor, text: string): Pick<Content, 'message_data' | 'mentions'> {
  const named = everybody.filter(() => device.random() < 0.3)
  let message_data = ''
  const mentions = named.map((user_id) => {
    const start = message_data.length
    message_data += `@${user_id} `
    return { user_id, start, end: message_data.length - 1 }
  })
  return mentions.length > 0 ? { message_data: message_data + text, mentions } : { message_data: text }
}

function contentIn(actor: Actor, place: Place): Content {
  const { device } = actor
  const { random } = device
  const content = random() < 0.25 ? mentioning(actor, device.text()) : { message_data: device.text() }
  const reply = random() < 0.15 ? someMessage(random, place) : undefined
  const metadata = random() < 0.1 ? { from: device.name } : undefined
  return { ...content, ...(reply && { reply }), ...(metadata && { metadata }) }
}

function payloadOf({ reply, ...content }: Content) {
  return { ...content, ...(reply && { reply_to: reply._id, reply_seq: reply.seq }), cid: newCid() }
}

/** Takes that a message is there. */
export function learn(place: Place, { _id, seq, nth, author }: Known): void {
  place.known.push({ _id, seq, nth, author })
}

/** One message, by the request that its conversation has for it. */
export const say: Act = (actor) => {
  const place = somePlace(actor)
  return place ? sayIn(actor, place) : false
}

async function sayIn(actor: Actor, place: Place): Promise<void> {
  const content = contentIn(actor, place)
  if (actor.device.isFirst && actor.device.random() < 0.7) return sayBySdk(actor, place, content)
  const payload = payloadOf(content)
  const { stream, room } = place
  const { cid, message_data: text } = payload
  const deed = { request: 'message_event', stream, cid, target: null, text }
  const answer = await (room !== null
    ? actor.device.ask('message_event', { room_id: room, ...payload })
    : place.kind === 'ticket'
      ? actor.device.ask('ticket_message_event', { ticket_id: stream.slice('ticket:'.length), ...payload })
      : undefined)
  if (!answer) return sayTogether(actor, place, [payload])
  noted(actor, deed, answer)
  if ('data' in answer) learn(place, answer.data)
}

async function sayBySdk({ device, world }: Actor, place: Place, content: Content): Promise<void> {
  const { message_data, mentions, reply, metadata } = content
  const options: SendOptions = {
    ...(mentions && { mentions }),
    ...(metadata && { metadata }),
    ...(reply && { reply_to: reply._id }),
  }
  const deed = { user: device.user, request: 'send', stream: place.stream, target: null, text: message_data }
  try {
    const message = await streamOf(device, place).send(message_data, options)
    world.note({ ...deed, cid: message.cid, outcome: 'done', code: null })
    learn(place, message)
  } catch (error) {
    if (!isRequestError(error)) throw error
    world.note({ ...deed, cid: null, outcome: 'refused', code: error.code })
    const rows = streamOf(device, place).getSnapshot().messages
    const failed = rows.find(
      ({ delivery, message }) => delivery === 'failed' && message.message_data === message_data,
    )
    world.expect(
      failed?.discard != null,
      () => `${device.name} does not show that "${message_data}" has failed`,
    )
    failed?.discard?.()
  }
}

/** The SDK's own conversation. */
export function streamOf({ client }: Actor['device'], { stream, room, parent }: Place) {
  if (room !== null) return client.rooms.messages(room)
  if (!parent) return client.tickets.messages(stream.slice('ticket:'.length))
  return client.threads.messages(parent.message._id)
}

/** Several messages at once. */
export const sayMany: Act = (actor) => {
  const place = somePlace(actor)
  if (!place) return false
  const count = 2 + Math.floor(actor.device.random() * 4)
  return sayTogether(
    actor,
    place,
    Array.from({ length: count }, () => payloadOf(contentIn(actor, place))),
  )
}

async function sayTogether(
  actor: Actor,
  place: Place,
  messages: readonly ReturnType<typeof payloadOf>[],
): Promise<void> {
  const { stream } = place
  const answer = await actor.device.ask('send_messages', { stream, messages: [...messages] })
  for (const [at, { cid, message_data: text }] of messages.entries()) {
    const deed = { request: 'send_messages', stream, cid, target: null, text }
    if ('refused' in answer) {
      noted(actor, deed, answer)
      continue
    }
    const result = answer.data.results[at]
    if (result && 'message' in result) {
      noted(actor, deed, { data: result.message })
      learn(place, result.message)
    } else {
      const { code = 'missing', message = '' } = result?.error ?? {}
      // One that would pass is not asked for again: what has become of it nobody knows.
      if (!result?.error.retryable) noted(actor, deed, { refused: { code, text: message } })
    }
  }
}

/** Makes a message's thread, whoever else makes it too. */
export const startThread: Act = (actor) => {
  const { device, world } = actor
  const place = somePlace(actor, undefined, world.places)
  const message = place && someMessage(device.random, place)
  if (!place || !message || world.threads.length >= mostThreads) return false
  return startThreadOf(actor, place, message)
}

async function startThreadOf(actor: Actor, place: Place, message: Known): Promise<void> {
  const { stream, people, threads } = place
  const { _id: message_id, seq } = message
  const payload = { stream, seq, message_id, cid: newCid() }
  const answer = await actor.device.ask('start_thread', payload)
  const deed = { request: 'start_thread', stream, cid: null, target: seq, text: null }
  noted(actor, deed, answer)
  if ('refused' in answer) return
  const name = `thread:${message_id}`
  if (threads.some((thread) => thread.stream === name)) return
  const thread = newPlace({ stream: name, room: null, kind: 'thread', people, owner: null })
  threads.push({ ...thread, parent: { place, message } })
}

/** Joins a thread, and leaves it. */
export const visitThread: Act = (actor) => {
  const place = somePlace(actor, undefined, actor.world.threads)
  if (!place?.parent) return false
  const thread = place.parent.message._id
  actor.world.count('join_thread')
  return actor.device
    .ask('join_thread', { thread })
    .then(() => (actor.device.random() < 0.5 ? actor.device.ask('leave_thread', { thread }) : undefined))
}

/** One of the threads says something more often than its share. */
export const sayInThread: Act = (actor) => {
  const { device, world } = actor
  const some = somePlace(actor, undefined, world.threads)
  return some ? sayIn(actor, pick(device.random, [some])) : false
}
