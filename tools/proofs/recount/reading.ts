import { pick } from '../stores/random.ts'
import { type Act, type Actor, someMessage, somePlace } from './actor.ts'
import type { DataIn, Requests } from './device.ts'
import type { Known, Place } from './world.ts'

const limit = 7

/** Asks for a page, and looks whether it is one: messages alone, without a hole, with what it was asked for. */
async function page(
  { device, world }: Actor,
  { stream }: Place,
  { nth, _id }: Known,
  way: 'before' | 'after' | 'around',
): Promise<void> {
  world.count(`get_messages ${way}`)
  const { entries } = await device.get('get_messages', { stream, [way]: nth, limit })
  const nths = entries.map((entry) => ('nth' in entry ? entry.nth : 0))
  const text = () => `${device.name}: ${limit} messages ${way} ${nth} of ${stream} are ${nths}`
  world.expect(entries.every(({ type }) => type === 'message') && entries.length <= limit, text)
  world.expect(
    nths.every((one, at) => at === 0 || one === (nths[at - 1] ?? 0) + 1),
    text,
  )
  if (way === 'before')
    world.expect(entries.length === Math.min(limit, nth - 1) && (nths.at(-1) ?? nth - 1) === nth - 1, text)
  if (way === 'after') world.expect((nths[0] ?? nth + 1) === nth + 1, text)
  if (way === 'around')
    world.expect(
      entries.some((entry) => entry._id === _id),
      text,
    )
}

/** Jumps to a message, or reads on from one. */
export const jump: Act = (actor) => {
  const place = somePlace(actor)
  const message = place && someMessage(actor.device.random, place)
  if (!place || !message) return false
  return page(actor, place, message, pick(actor.device.random, ['before', 'after', 'around'] as const))
}

/** The requests that read what has become of messages. */
const looks = ['get_reactions', 'get_message_versions', 'get_pinned_messages', 'get_threads'] as const

export const look: Act = (actor) => {
  const { device, world } = actor
  const place = somePlace(actor)
  const message = place && someMessage(device.random, place)
  if (!place || !message) return false
  const request = pick(device.random, looks)
  world.count(request)
  return lookAt(actor, request, place, message)
}

async function lookAt(
  { device, world }: Actor,
  request: (typeof looks)[number],
  { stream, threads }: Place,
  { _id: message_id, seq }: Known,
): Promise<void> {
  const payloads = {
    get_reactions: { stream, seq, message_id, reaction: 'ok' },
    get_message_versions: { stream, seq, message_id },
    get_pinned_messages: { stream },
    get_threads: {
      stream,
      threads: [message_id, ...threads.slice(0, 3).map(({ parent }) => parent?.message._id ?? '')],
    },
  } as const satisfies { readonly [K in keyof Requests]?: object }
  const answer = await device.ask(request, payloads[request] as never)
  if (!('refused' in answer)) return
  const isGone = answer.refused.code === 'not_found'
  const isForbidden = request === 'get_message_versions' && device.role === 'customer'
  world.expect(isForbidden || isGone, () => `${device.name}: ${request} ${answer.refused.text}`)
}

/** Everything that follows a list with `more`. */
export async function allPages<Item>(
  load: (last: Item | undefined) => Promise<{ readonly items: readonly Item[]; readonly more: boolean }>,
): Promise<Item[]> {
  const all: Item[] = []
  for (let more = true; more; ) {
    const answer = await load(all.at(-1))
    all.push(...answer.items)
    more = answer.more && answer.items.length > 0
  }
  return all
}

export type ListedIn = DataIn<'get_rooms'>['rooms'][number]
