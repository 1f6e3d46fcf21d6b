import { expect, it, onTestFinished } from 'vitest'
import { createFakeClient } from '../fake-client/index.ts'
import { until } from '../testing/chat.ts'
import { isLive, message, roomOf } from './testing/listed.ts'

/** A server with rooms that move; a connection hears of those that it has been answered. */
function openServer(count: number) {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  const newest = new Map(Array.from({ length: count }, (_, at) => [`r${at}`, count - at]))
  const answered = new Set<string>()
  const asked: (string | undefined)[] = []
  const order = () => [...newest].sort(([, a], [, b]) => b - a).map(([name]) => name)
  fake.answer('get_rooms', ({ before, limit = 50 }) => {
    const all = order()
    const at = before === undefined ? 0 : all.indexOf(before) + 1
    // What follows a room that is not in the list is nothing.
    const rest = before !== undefined && at === 0 ? [] : all.slice(at)
    const page = rest.slice(0, limit)
    for (const name of page) answered.add(name)
    const answer = {
      rooms: page.map((name) => roomOf(name, newest.get(name) ?? 0)) as never,
      more: rest.length > limit,
    }
    asked.push(before)
    server.onAnswer(before)
    return answer
  })
  let clock = count
  const server = {
    fake,
    order,
    /** After which rooms it was asked for more. */
    asked,
    /** Runs behind each answer. */
    onAnswer: (_before: string | undefined): void => {},
    /** A room gets a message. */
    move(name: string) {
      clock += 1
      newest.set(name, clock)
      const last = message(name, clock)
      const told = { room: name, head: { seq: clock, nth: clock, id: last._id }, last }
      if (answered.has(name)) fake.push('room_activity', { rooms: [told] })
    },
    leave(name: string) {
      newest.delete(name)
    },
  }
  return server
}

it('[LR8] pages through rooms that move, without holes or doubles', async () => {
  const { fake, order, move } = openServer(230)
  const list = fake.rooms.list()
  onTestFinished(list.retain())
  await until(list, isLive)
  const names = () => list.getSnapshot().items.map(({ _id }) => _id)
  expect(names()).toEqual(order().slice(0, 50))
  // Rooms that are shown, the last one among them, and ones that are not loaded yet.
  for (const name of ['r49', 'r30', 'r120', 'r60', 'r200']) move(name)
  while (await list.loadMore()) {
    const [end] = names().slice(-1)
    if (end) move(end)
    move(order().at(-1) ?? '')
  }
  expect(names()).toHaveLength(230)
  expect(new Set(names()).size).toBe(230)
  await until(list, () => names()[0] === order()[0])
  expect(names()).toEqual(order())
  expect(list.getSnapshot().hasMore).toBe(false)
})

it('[LR8] goes on behind rooms that have left the list elsewhere', async () => {
  const { fake, order, leave } = openServer(120)
  const list = fake.rooms.list()
  onTestFinished(list.retain())
  await until(list, isLive)
  for (const name of ['r49', 'r48']) leave(name)
  expect(await list.loadMore()).toBe(true)
  expect(await list.loadMore()).toBe(false)
  const names = list.getSnapshot().items.map(({ _id }) => _id)
  expect(names.filter((name) => name !== 'r49' && name !== 'r48')).toEqual(order())
})

it('[LR8] keeps its rows when it is loaded again, but for those that have changed', async () => {
  const { fake, move } = openServer(60)
  const list = fake.rooms.list()
  onTestFinished(list.retain())
  await until(list, isLive)
  const before = list.getSnapshot().items
  fake.goOffline()
  move('r40')
  await fake.goOnline()
  await until(list, isLive)
  const { items } = list.getSnapshot()
  expect(items[0]?._id).toBe('r40')
  expect(items.slice(1)).toEqual(before.filter(({ _id }) => _id !== 'r40'))
  const same = items.filter((item) => before.includes(item))
  expect(same).toHaveLength(49)
})

it('[LR8] is loaded again without holes where rooms beyond what is loaded have become active', async () => {
  const { fake, order, move } = openServer(120)
  const list = fake.rooms.list()
  onTestFinished(list.retain())
  await until(list, isLive)
  fake.goOffline()
  for (const name of ['r55', 'r70', 'r99']) move(name)
  await fake.goOnline()
  await until(list, isLive)
  const names = () => list.getSnapshot().items.map(({ _id }) => _id)
  expect(names()).toEqual(order().slice(0, names().length))
  while (await list.loadMore());
  expect(names()).toEqual(order())
})

it.each(['move', 'leave'] as const)(
  '[LR8] is loaded again to its end where the last of a page has to %s meanwhile',
  async (what) => {
    const server = openServer(320)
    const { fake, order, asked } = server
    const list = fake.rooms.list()
    onTestFinished(list.retain())
    await until(list, isLive)
    const names = () => list.getSnapshot().items.map(({ _id }) => _id)
    while (names().length < 300) await list.loadMore()
    fake.goOffline()
    asked.length = 0
    let isDue = true
    server.onAnswer = (before) => {
      // A loop ends the test, not the process.
      if (asked.length > 50) throw new Error('It asks without end')
      if (isDue && before === 'r99') server[what]('r199')
      isDue &&= before !== 'r99'
    }
    await fake.goOnline()
    await until(list, isLive)
    expect(asked.length).toBeLessThan(10)
    while (await list.loadMore());
    // Nobody has told of the one that has left.
    const listed = () => names().filter((name) => order().includes(name))
    await until(list, () => listed().length === order().length)
    expect(new Set(listed())).toEqual(new Set(order()))
    expect(new Set(names()).size).toBe(names().length)
  },
)
