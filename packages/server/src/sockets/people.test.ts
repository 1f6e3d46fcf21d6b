import { expect, it, onTestFinished } from 'vitest'
import { keptLog } from '../../tests/support/kept-log.ts'
import { nodeRows } from '../../tests/support/node-rows.ts'
import { until } from '../../tests/support/sockets.ts'
import { wire } from '../../tests/support/wire.ts'
import { Nodes } from '../nodes/nodes.ts'
import { range } from '../testing/store-cases/making.ts'
import { People } from './people.ts'
import type { Place } from './place.ts'

it('[PR10] knows who is in many large rooms on another server, whose answers all fit into a message', async () => {
  const [store, bus] = [nodeRows(), wire()]
  // The longest ids there are, of letters that JSON writes as two.
  const ids = range(1_000, 1_999).map((n) => `${n}`.padStart(128, '"'))
  const open = async (userIds: readonly string[]) => {
    const nodes = new Nodes({ store, bus: bus.join(), logger: keptLog().logger })
    const people = new People({ nodes, sockets: { hasAny: () => false, usersIn: () => new Set(userIds) } })
    await nodes.start()
    onTestFinished(() => nodes.stop())
    return { nodes, people }
  }
  const [east] = [await open([]), await open(ids)]
  await until(() => expect(east.nodes.hearsAll && east.nodes.others.length === 1).toBe(true))

  const places = range(1, 30).map((n): Place => ['demo', `room:${n}`])
  const known = await east.people.inRooms(places)
  expect(known.map((one) => one?.count)).toEqual(places.map(() => ids.length))
  expect(east.nodes.traffic.gaps).toBe(0)
})
