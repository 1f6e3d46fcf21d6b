import { isRequestError, type Message, newCid, type SentRow } from '../../../packages/client/src/index.ts'
import { pick } from '../stores/random.ts'
import { type Act, type Actor, noted, someMessage, somePlace } from './actor.ts'
import { mentioning, streamOf } from './saying.ts'
import type { Known, Place } from './world.ts'

const reactions = ['👍', '🎉', '😀', 'ok']

type Change = 'edit_message' | 'delete_message' | 'react' | 'unreact' | 'pin_message' | 'unpin_message'

interface Wanted {
  readonly place: Place
  readonly message: Known
  readonly more?: { readonly [name: string]: unknown }
}

/** Asks for a change: the SDK of a first device in its own way, mostly. */
async function change(actor: Actor, request: Change, { place, message, more = {} }: Wanted): Promise<void> {
  const { device, world } = actor
  const { stream } = place
  const { _id: message_id, seq } = message
  const text = typeof more.message_data === 'string' ? more.message_data : null
  const deed = { request, stream, target: seq, text }
  const row = device.isFirst && device.random() < 0.7 ? rowOf(actor, place, message) : undefined
  if (row) {
    const { user } = device
    try {
      await bySdk(actor, place, row, request, more)
      world.note({ ...deed, user, cid: null, outcome: 'done', code: null })
    } catch (error) {
      if (!isRequestError(error)) throw error
      world.note({ ...deed, user, cid: null, outcome: 'refused', code: error.code })
    }
    return
  }
  const cid = newCid()
  const target = { stream, seq, message_id, cid }
  // Each of these takes its target and what it names beside it.
  noted(actor, { ...deed, cid }, await device.ask(request, { ...target, ...more } as never))
}

function rowOf({ device }: Actor, place: Place, { _id }: Known): SentRow | undefined {
  const { messages } = streamOf(device, place).getSnapshot()
  const row = messages.findLast(({ message }) => message._id === _id)
  return row?.delivery === 'sent' ? row : undefined
}

function bySdk(
  { device }: Actor,
  place: Place,
  row: SentRow,
  request: Change,
  more: Wanted['more'],
): Promise<Message | null> {
  const stream = streamOf(device, place)
  const reaction = String(more?.reaction)
  switch (request) {
    case 'edit_message':
      return stream.edit(row, String(more?.message_data), { mentions: (more?.mentions ?? []) as never })
    case 'delete_message':
      return stream.remove(row)
    case 'react':
      return stream.react(row, reaction)
    case 'unreact':
      return stream.unreact(row, reaction)
    case 'pin_message':
      return stream.pin(row)
    case 'unpin_message':
      return stream.unpin(row)
    default:
      return request satisfies never
  }
}

function changing(
  request: Change,
  isMeant: (actor: Actor, message: Known) => boolean,
  more: (actor: Actor) => Wanted['more'] = () => ({}),
): Act {
  return (actor) => {
    const place = somePlace(actor)
    const message = place && someMessage(actor.device.random, place, (one) => isMeant(actor, one))
    return place && message ? change(actor, request, { place, message, more: more(actor) ?? {} }) : false
  }
}

const isOwn = ({ device }: Actor, { author }: Known): boolean => author === device.user
const isAny = (): boolean => true
/** Now and then what is not one's own is tried, too. */
const isMostlyOwn = (actor: Actor, message: Known): boolean =>
  isOwn(actor, message) || actor.device.random() < 0.02
const someReaction = ({ device }: Actor) => ({ reaction: pick(device.random, reactions) })

export const edit: Act = changing('edit_message', isMostlyOwn, (actor) => {
  const { device } = actor
  const text = `${device.text()}, edited`
  return device.random() < 0.4 ? mentioning(actor, text) : { message_data: text }
})
export const remove: Act = changing('delete_message', isMostlyOwn)
export const react: Act = changing('react', isAny, someReaction)
export const unreact: Act = changing('unreact', isAny, someReaction)
export const pin: Act = changing('pin_message', isAny)
export const unpin: Act = changing('unpin_message', isAny)
