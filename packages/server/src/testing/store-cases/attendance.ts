import type { Store } from '../../stores/store.ts'
import { expectSame } from './checks.ts'
import { ask, hire, ids, newLineManager, newTopic, range, rowOf } from './making.ts'
import { movedOf } from './moves.ts'
import { oneStore, type StoreCase, threeStores } from './store-case.ts'

const [early, at, late] = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:01:00.000Z', '2026-01-01T00:02:00.000Z']

const comingCases: readonly StoreCase[] = [
  oneStore('[S33] knows who is there: by their connection, and by what they chose', async (store) => {
    await hire(store, ['mia'])
    const attend = async (what: Parameters<Store['lineManagers']['attend']>[2]) =>
      (await store.lineManagers.attend('acme', 'mia', what))?.availability
    const mia = await store.lineManagers.get('acme', 'mia')
    expectSame(
      [mia?.availability, mia?.is_unmanaged],
      ['online', true],
      'One who has never come is unmanaged',
    )
    const steps = [
      await attend({ is_connected: false, at: early }),
      await attend({ is_connected: true, at: early }),
      await attend({ chosen: 'away', at }),
      await attend({ is_connected: false, at }),
      await attend({ is_connected: true, at: late }),
      await attend({ chosen: 'offline', at: late }),
      await attend({ chosen: 'online', at: late }),
    ]
    const expected = ['offline', 'online', 'away', 'offline', 'away', 'offline', 'online']
    expectSame(steps, expected, 'Whoever is connected is there as they chose, else offline')
    expectSame(await store.lineManagers.attend('acme', 'zoe', { at }), null, 'Only line managers attend')
    await attend({ chosen: 'away', at: late })
    const [billing, ...others] = [await ask(store)]
    expectSame([billing.line_manager, others], [null, []], 'Only those who are online are given tickets')
    const released = await store.lineManagers.update('acme', 'mia', { is_unmanaged: true })
    expectSame(released?.availability, 'online', 'Whoever is unmanaged counts as online')
    expectSame(
      ids((await store.tickets.assignWaiting('acme')).tickets),
      [billing._id],
      'and is given tickets again',
    )
  }),

  oneStore('[S33] finds those who are away with open tickets, longest away first', async (store) => {
    await hire(store, ['mia', 'max', 'moe', 'zoe'])
    for (const _ of range(1, 3)) await ask(store)
    const leave = (name: string, when: string) =>
      store.lineManagers.attend('acme', name, { is_connected: false, at: when })
    await leave('max', at)
    await leave('mia', early)
    await leave('zoe', early)
    await leave('moe', late)
    const absent = async (before: string, limit = 9, after?: string) =>
      (await store.lineManagers.absent(before, limit, after)).map(({ user_id }) => user_id)
    expectSame(await absent(late), ['mia', 'max'], 'Those who have tickets and left before, and nobody else')
    expectSame(await absent(late, 1), ['mia'], 'no more than asked for')
    expectSame(await absent(late, 9, early), ['max'], 'or of those who left after a time')
    await leave('mia', late)
    expectSame(await absent(at), ['mia'], 'Whoever leaves twice is away since the first time')
    await store.lineManagers.attend('acme', 'mia', { is_connected: true, at: late })
    expectSame(await absent(late), ['max'], 'Whoever is back is not away')
  }),

  oneStore('[S33] hands tickets back, the answered ones only if asked to', async (store) => {
    await hire(store, ['mia'])
    const [first, second, third] = [await ask(store), await ask(store), await ask(store)]
    movedOf(await store.tickets.move('acme', second._id, { kind: 'answer' }, 'mia'))
    const some = await store.tickets.handBack('acme', 'mia', { onlyUnanswered: true, limit: 9 })
    expectSame(ids(some), [first._id, third._id], 'Answers those that were handed back, oldest first')
    const states = some.map(({ state, line_manager }) => [state, line_manager])
    const waiting = ['waiting', null]
    expectSame(states, [waiting, waiting], 'They wait')
    expectSame(some[0]?.enqueued_at, first.enqueued_at, 'at the place that they had')
    expectSame(ids(await store.tickets.handBack('acme', 'mia', { limit: 9 })), [second._id], 'or all')
    expectSame(
      await store.tickets.handBack('acme', 'mia', { limit: 9 }),
      [],
      'No tickets, nothing to hand back',
    )
  }),
]

const managerCases: readonly StoreCase[] = [
  oneStore('[S34] changes line managers, removes them, and makes others in their places', async (store) => {
    await hire(store, ['mia', 'max'])
    const change = { capacity: 3, average_serving_time: 7, positions_in_a_line: 2, is_active: false }
    const mia = await store.lineManagers.update('acme', 'mia', { ...change, topics: ['a.b', '$c'] })
    const same = await store.lineManagers.get('acme', 'mia')
    expectSame(mia, same, 'A change answers the line manager as they are')
    expectSame({ ...mia, ...change, topics: ['a.b', '$c'] }, mia, 'What is named is changed')
    const listed = async () => (await store.lineManagers.list('acme')).map(({ user_id }) => user_id)
    expectSame(await listed(), ['max', 'mia'], 'The lowest position is first')
    expectSame(await store.lineManagers.update('acme', 'zoe', {}), null, 'None, nothing to change')
    expectSame(await store.lineManagers.remove('acme', 'mia'), true, 'Removing answers whether there was one')
    expectSame(await store.lineManagers.remove('acme', 'mia'), false, 'and there is none the second time')
    const make = (name: string) => store.lineManagers.create(newLineManager(name, { most: 2 }))
    rowOf(await make('moe'))
    expectSame(await listed(), ['max', 'moe'], 'Whoever comes later is behind those of the same position')
    expectSame(await make('mia'), { conflict: 'limit' }, 'There are no more than there may be')
    await store.lineManagers.remove('acme', 'max')
    rowOf(await make('mia'))
    expectSame(await listed(), ['moe', 'mia'], 'The removed are not counted')
  }),

  oneStore('[S34] observes how long tickets take, by line manager and topic', async (store) => {
    await hire(store, ['mia', 'max'])
    await store.lineManagers.attend('acme', 'max', { is_connected: false, at })
    for (const minutes of [2, 4]) await store.lineManagers.observe('acme', 'mia', 'a.$b', minutes)
    await store.lineManagers.observe('acme', 'nobody', 'a.$b', 1)
    const serving = await store.lineManagers.serving('acme', 'a.$b')
    const found = serving.map(({ manager, serving: one }) => [manager.user_id, one?.count, one?.mean])
    expectSame(found, [['mia', 2, 3]], 'Who serves a topic and is online, with what was observed of them')
    const [other] = await store.lineManagers.serving('acme', 'another')
    expectSame(other?.serving, null, 'Nothing was observed at another topic')
    const all = await store.lineManagers.observed('acme', 'mia')
    expectSame([all?.serving?.count, all?.serving?.mean], [2, 3], 'All topics together')
    const finished = [
      await store.lineManagers.finish('acme', 'mia', early),
      await store.lineManagers.finish('acme', 'mia', late),
    ]
    expectSame(finished, [null, early], 'Finishing answers when one was finished before')
  }),

  threeStores('[S34] loses nothing that several observe and note at once', async (stores) => {
    const [store] = stores as [Store, ...Store[]]
    await hire(store, ['mia'])
    await Promise.all([
      ...range(1, 9).map((n) => (stores[n % 3] ?? store).lineManagers.observe('acme', 'mia', 'billing', 5)),
      store.lineManagers.attend('acme', 'mia', { is_connected: true, at }),
      stores[1]?.lineManagers.attend('acme', 'mia', { chosen: 'away', at }),
      stores[2]?.lineManagers.update('acme', 'mia', { capacity: 4 }),
    ])
    const mia = await store.lineManagers.observed('acme', 'mia')
    const { availability, capacity } = mia?.manager ?? {}
    expectSame([availability, capacity, mia?.serving?.count], ['away', 4, 9], 'Each change is kept')
  }),

  oneStore('[S34] changes what a topic is like', async (store) => {
    rowOf(await store.topics.create(newTopic('billing')))
    const hours = { time_zone: 'Europe/Berlin', days: [] } as never
    const changes = { title: 'Bills', strategy: 'round_robin', away_text: 'Later', hours } as const
    const changed = await store.topics.update('acme', 'billing', changes)
    expectSame({ ...changed, ...changes }, changed, 'What is named is changed')
    expectSame(await store.topics.get('acme', 'billing'), changed, 'and stays')
    expectSame(await store.topics.update('acme', 'billing', {}), changed, 'What is not named stays')
    expectSame(await store.topics.update('acme', 'none', { title: 'x' }), null, 'No topic, nothing to change')
  }),
]

export const attendanceCases: readonly StoreCase[] = [...comingCases, ...managerCases]
