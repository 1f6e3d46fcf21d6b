import { wait } from '../cpu.ts'
import { nextUser, userId } from '../ids.ts'
import type { Cell } from '../measure.ts'
import type { RawSocket } from '../raw-socket.ts'
import { repeat } from '../repeat.ts'
import type { Contestant } from '../servers.ts'
import { Arrivals } from './arrivals.ts'
import { ask, connectAs } from './ask.ts'

// As many as our server tells of from one connection. It tells a room nothing that changes within half a second, and
// forgets after six who types; so everybody begins in each room before anybody stops.
const roomsOfEach = 10
const restMs = 600

interface Typist {
  readonly socket: RawSocket
  readonly user: number
  readonly stream: string
  /** Of the other members. */
  readonly arrivals: Arrivals
}

/** Everybody begins to type in each of their rooms, and stops, one after the other; the others in the room learn of it. */
export async function typing(server: Contestant, shape: { groups: number; members: number }): Promise<Cell> {
  const typists: Typist[] = []
  for (let group = 0; group < shape.groups; group += 1)
    typists.push(...(await openGroup(server, group, shape)))
  let stoppedAt = 0

  const say = (is_typing: boolean) =>
    repeat(typists.length, (n) => {
      const { socket, user, stream, arrivals } = typists[n] as Typist
      return Promise.all([
        arrivals.of(`"stream":"${stream}","user_id":"${userId(user)}"`, shape.members - 1),
        ask(socket, 'typing', { stream, is_typing }),
      ])
    })

  return {
    prepare: () => wait(stoppedAt + restMs - performance.now()),
    async run() {
      const begun = await say(true)
      await wait(restMs)
      const stopped = await say(false)
      stoppedAt = performance.now()
      const deliveries = (begun.units + stopped.units) * (shape.members - 1)
      return {
        units: deliveries,
        latenciesMs: [...Array.from(begun.latenciesMs), ...Array.from(stopped.latenciesMs)],
      }
    },
  }
}

/** Members who are in the same rooms. */
async function openGroup(
  server: Contestant,
  group: number,
  { members }: { members: number },
): Promise<Typist[]> {
  const people: Pick<Typist, 'socket' | 'user'>[] = []
  for (let n = 0; n < members; n += 1) {
    const user = nextUser()
    people.push({ user, socket: await connectAs(server, user) })
  }
  const arrivals = new Arrivals(people.map(({ socket }) => socket))
  const typists: Typist[] = []
  for (let n = 0; n < roomsOfEach; n += 1)
    for (const person of people) {
      const room = `typing-${group}-${n}`
      await ask(person.socket, 'join', { room })
      typists.push({ ...person, stream: `room:${room}`, arrivals })
    }
  return typists
}
