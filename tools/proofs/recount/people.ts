import { newCid } from '../../../packages/client/src/index.ts'
import { pick } from '../stores/random.ts'
import { type Act, type Actor, someMessage, somePlace } from './actor.ts'
import { everybody } from './scene.ts'
import type { Place } from './world.ts'

/** Says that one writes, where one reads. */
export const type: Act = (actor) => {
  const { device, world } = actor
  const place = somePlace(actor, undefined, world.places)
  if (!device.isFirst || !place) return false
  world.count('typing')
  const { stream } = place
  // A connection that has just come back has not joined it again.
  return device.ask('typing', { stream, is_typing: device.random() < 0.7 })
}

/** Who is there. */
export const lookAround: Act = ({ device, world }) => {
  const isOfRoom = device.isFirst && device.random() < 0.5
  world.count(isOfRoom ? 'get_room_presence' : 'get_presence')
  return isOfRoom
    ? device.ask('get_room_presence', { room: world.places[0]?.room ?? '' })
    : device.get('get_presence', { user_ids: [...everybody] })
}

/** Says how one wants to be shown. Nothing but the last answer of a first device counts in the end. */
export const setPresence: Act = ({ device, world }) => {
  if (!device.isFirst) return false
  const { random, user } = device
  const availability = pick(random, ['online', 'away', 'offline'] as const)
  const status_text = random() < 0.5 ? device.text() : null
  world.count('set_presence')
  return device
    .get('set_presence', { availability, status_text })
    .then(() => world.facts.set(`presence of ${user}`, { availability, status_text }))
}

export const setPreferences: Act = ({ device, world }) => {
  if (!device.isFirst) return false
  const { random, user } = device
  const preferences = { sends_receipts: random() < 0.8, shows_presence: random() < 0.8 }
  world.count('set_preferences')
  return device
    .get('set_preferences', preferences)
    .then(() => world.facts.set(`preferences of ${user}`, preferences))
}

/** Blocks people who say nothing, each device its own, and lets go of them. */
export const block: Act = ({ device, world }) => {
  const { random, user } = device
  const user_id = `stranger ${Math.floor(random() * 3)} of ${device.name}`
  const isBlocking = random() < 0.6
  const request = isBlocking ? 'block_user' : 'unblock_user'
  world.count(request)
  return device.get(request, { user_id }).then(() => world.facts.set(`block ${user} ${user_id}`, isBlocking))
}

/** Reports a message or a person. */
export const report: Act = (actor) => {
  const { device } = actor
  const place = somePlace(actor)
  const message = place && someMessage(device.random, place, ({ author }) => author !== device.user)
  if (!place || !message) return false
  const { stream } = place
  const { seq, _id: message_id } = message
  const about =
    device.random() < 0.5 ? { stream, seq, message_id } : { user_id: `stranger of ${device.name}` }
  return tell(actor, about)
}

async function tell(
  { device, world }: Actor,
  about: { user_id: string } | { stream: string; seq: number; message_id: string },
): Promise<void> {
  const reason = device.text()
  world.count('report')
  const answer = await device.ask('report', { ...about, reason, cid: newCid() })
  const id = 'data' in answer ? answer.data.report_id : null
  world.reports.push({ user: device.user, reason, id, resolution: null })
  if ('data' in answer) return
  const { code, text } = answer.refused
  world.expect(['not_found', 'limit_reached'].includes(code), () => `${device.name}: report ${text}`)
}

/** The admin's first device deals with reports. */
export const resolve: Act = ({ device, world }) => {
  if (device.role !== 'admin' || !device.isFirst) return false
  const open = world.reports.filter(({ id, resolution }) => id !== null && resolution === null)
  if (open.length === 0) return false
  const one = pick(device.random, open)
  const resolution = device.text()
  world.count('resolve_report')
  return device.get('resolve_report', { report_id: one.id ?? '', resolution }).then(() => {
    one.resolution = resolution
  })
}

/** An owner's first device says what becomes of their room. */
export const manage: Act = (actor) => {
  const { device } = actor
  const place = somePlace(actor, ({ owner }) => owner === device.user, actor.world.places)
  if (!device.isFirst || !place?.room) return false
  return device.random() < 0.5 ? update(actor, place, place.room) : silence(actor, place, place.room)
}

async function update({ device, world }: Actor, { stream }: Place, room: string): Promise<void> {
  const { random } = device
  const change = {
    title: device.text(),
    metadata: { by: device.text() },
    slow_mode_ms: random() < 0.3 ? 50 + Math.floor(random() * 100) : 0,
  }
  world.count('update_room')
  await device.get('update_room', { room, ...change })
  world.facts.set(`room ${stream}`, change)
}

/** Keeps a member from writing for a moment; what they have sent meanwhile must not be there. */
async function silence({ device, world }: Actor, { stream, people }: Place, room: string): Promise<void> {
  const user = pick(
    device.random,
    people.filter((one) => one !== device.user && one !== 'ann'),
  )
  world.count('mute_member')
  const { muted_until } = await device.get('mute_member', { room, user_id: user, for_ms: 60_000 })
  const from = new Date().toISOString()
  world.expect(muted_until !== null, () => `${device.name}: ${user} is not muted`)
  await new Promise((done) => setTimeout(done, 100))
  const until = new Date().toISOString()
  await device.get('mute_member', { room, user_id: user, for_ms: 0 })
  world.silences.push({ user, stream, from, until })
}
