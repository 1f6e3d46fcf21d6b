import { newCid } from '../../../packages/client/src/index.ts'
import type { Device, Person } from './device.ts'
import { newPlace, type Place, type World } from './world.ts'

export const people: readonly Person[] = [
  { user: 'ann', role: 'admin' },
  { user: 'ben', role: 'agent' },
  { user: 'cleo', role: 'customer' },
  { user: 'dan', role: 'customer' },
  { user: 'eve', role: 'customer' },
]
export const everybody = people.map(({ user }) => user)

/** Makes what people talk in: an open room, two with members, a direct one, a ticket. */
export async function furnish(world: World, first: (user: string) => Device): Promise<void> {
  const [ann, cleo, dan] = [first('ann'), first('cleo'), first('dan')]
  const room = async (
    maker: Device,
    kind: 'members' | 'direct',
    others: readonly string[],
  ): Promise<Place> => {
    const made = await maker.get('create_room', { kind, members: [...others], cid: newCid() })
    const owner = kind === 'members' ? maker.user : null
    return newPlace({
      stream: `room:${made._id}`,
      room: made._id,
      kind,
      people: [maker.user, ...others],
      owner,
    })
  }
  const without = (...gone: string[]) => everybody.filter((user) => !gone.includes(user))
  const name = `hall ${world.seed}`
  const hall = { stream: `room:${name}`, room: name, kind: 'open', people: everybody, owner: null } as const
  const team = await room(ann, 'members', without('ann'))
  const club = await room(cleo, 'members', without('cleo', 'ann'))
  const pair = await room(dan, 'direct', ['eve'])
  const product = `billing_${world.seed}`
  await ann.get('create_topic', { name: product, cid: newCid() })
  const ticket = await dan.get('create_ticket', { product, cid: newCid() })
  const stream = `ticket:${ticket._id}`
  const desk = newPlace({ stream, room: null, kind: 'ticket', people: ['ann', 'ben', 'dan'], owner: null })
  world.places.push(newPlace(hall), team, club, pair, desk)
}

/** The SDK of a first device shows all conversations, that of the second the list; the third one asks for itself. */
export function show({ places }: World, { client, user, isFirst, hold }: Device, nth: number): void {
  if (nth > 1) return
  hold(client.rooms.list())
  hold(client.rooms.list({ isArchived: true }))
  hold(client.rooms.unread())
  if (!isFirst) return
  for (const { room, stream, people: readers } of places) {
    if (!readers.includes(user)) continue
    hold(
      room === null ? client.tickets.messages(stream.slice('ticket:'.length)) : client.rooms.messages(room),
    )
    if (room !== null) hold(client.rooms.pinned(room))
  }
}
