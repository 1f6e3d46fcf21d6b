import { LineManager, Topic } from '@dowellchat/protocol'
import type { Store } from '../../stores/store.ts'
import { expectSame } from './checks.ts'
import { ask, newLineManager, newTicket, newTopic, range, rowOf } from './making.ts'
import { oneStore, reopened, type StoreCase } from './store-case.ts'

const meeting = {
  customers_meet: 'anybody',
  customers_ring_agents: true,
  reopen_days: 0,
  presence: false,
  receipts: false,
  search: true,
} as const
const knowing = {
  customers_meet: 'acquaintances',
  customers_ring_agents: false,
  reopen_days: 7,
  presence: true,
  receipts: true,
  search: false,
} as const

export const registerCases: readonly StoreCase[] = [
  oneStore('[S15] keeps the workspaces that were registered last, and only those', async (store) => {
    const acme = {
      _id: 'acme',
      key_hashes: ['one', 'two'],
      page_key_hashes: ['three'],
      v2: true,
      guests: false,
      retention_days: 30,
      ...meeting,
    }
    const demo = {
      _id: 'demo',
      key_hashes: [],
      page_key_hashes: [],
      v2: false,
      guests: true,
      retention_days: null,
      ...knowing,
    }
    expectSame(await store.workspaces.list(), [], 'An empty store has no workspaces')
    await store.workspaces.replaceAll([acme, demo])
    expectSame(await store.workspaces.list(), [acme, demo], 'list answers what was registered')
    await store.workspaces.replaceAll([{ ...demo, guests: false }])
    const rule = 'replaceAll drops what is no longer registered, and takes what has changed'
    expectSame(await store.workspaces.list(), [{ ...demo, guests: false }], rule)
  }),

  oneStore(
    '[S14] makes a topic once per name and workspace, whoever is first, and lists the oldest first',
    async (store) => {
      const request = newTopic('billing')
      const created = await Promise.all([store.topics.create(request), store.topics.create(request)])
      const billing = rowOf(created[0])
      expectSame(billing, Topic.parse(billing), 'A topic is as the protocol has it')
      const outcomes = created.filter((one) => 'row' in one && one.created)
      expectSame(outcomes.length, 1, 'A cid makes a topic once')
      expectSame(created.map(rowOf), [billing, billing], 'A repeated cid is answered with the topic')
      const late = await store.topics.create(newTopic('billing'))
      expectSame(late, { conflict: 'exists' }, 'The name of a topic is taken')
      const racing = range(1, 4).map(() => store.topics.create(newTopic('delivery')))
      const raced = (await Promise.all(racing)).filter((one) => 'row' in one)
      expectSame(raced.length, 1, 'Of several who make a topic of one name at once, one does')
      const another = await store.topics.create({ ...request, fingerprint: 'another' })
      expectSame(another, { conflict: 'cid' }, 'A cid that comes with another fingerprint is a conflict')
      expectSame(await store.topics.get('acme', 'billing'), billing, 'get answers the topic of that name')
      expectSame(
        await store.topics.get('acme', 'unknown'),
        null,
        'get answers null where there is no such topic',
      )
      const names = (await store.topics.list('acme')).map(({ name }) => name)
      expectSame(names, ['billing', 'delivery'], 'list answers each topic once, oldest first')
    },
  ),

  oneStore(
    '[S14] makes a line manager once per user and workspace, and lists the lowest position first',
    async (store) => {
      const rank = { positions_in_a_line: 3, average_serving_time: 2.5, capacity: 4 }
      const request = newLineManager('mia', rank)
      const mia = rowOf(await store.lineManagers.create(request))
      expectSame(mia, LineManager.parse(mia), 'A line manager is as the protocol has it')
      const expected = { ...mia, ...rank, user_id: 'mia', ticket_count: 0, is_active: true }
      expectSame(mia, expected, 'A line manager is as requested, active, and has no tickets')
      const late = await store.lineManagers.create(newLineManager('mia'))
      expectSame(late, { conflict: 'exists' }, 'A user is a line manager once')
      const another = await store.lineManagers.create({ ...request, fingerprint: 'another' })
      expectSame(another, { conflict: 'cid' }, 'A cid that comes with another fingerprint is a conflict')
      for (const name of ['max', 'moe']) await store.lineManagers.create(newLineManager(name))
      for (const _ of range(1, 3)) await store.tickets.create(newTicket())
      const listed = await store.lineManagers.list('acme')
      expectSame(
        listed.map(({ user_id, ticket_count }) => [user_id, ticket_count]),
        [
          ['max', 1],
          ['moe', 1],
          ['mia', 1],
        ],
        'list answers the lowest position first, then the oldest, with their open tickets counted',
      )
      const got = await store.lineManagers.get('acme', 'mia')
      expectSame(got, { ...mia, ticket_count: 1 }, 'get answers the line manager of that user')
      expectSame(await store.lineManagers.get('acme', 'ann'), null, 'get answers null where there is none')
      const again = await store.lineManagers.create(request)
      const now = { created: false, row: { ...mia, ticket_count: 1 } }
      expectSame(again, now, 'A repeated cid is answered with the line manager as it is now')
    },
  ),

  reopened(
    '[S7] keeps topics, line managers, tickets and workspaces over a restart',
    async (store) => {
      await store.workspaces.replaceAll([
        {
          _id: 'acme',
          key_hashes: ['one'],
          page_key_hashes: ['two'],
          v2: true,
          guests: false,
          retention_days: null,
          ...knowing,
        },
      ])
      const topic = newTopic('billing')
      rowOf(await store.topics.create(topic))
      rowOf(await store.lineManagers.create(newLineManager('mia', { capacity: 2 })))
      const tickets = [await ask(store), await ask(store), await ask(store)]
      await store.tickets.close('acme', tickets[0]?._id ?? '', 'mia')
      return { topic, kept: await everything(store) }
    },
    async (store, { topic, kept }) => {
      expectSame(await everything(store), kept, 'After a restart everything is what it was')
      const repeated = await store.topics.create(topic)
      expectSame(
        'row' in repeated && repeated.created,
        false,
        'After a restart a cid that was used is still known',
      )
      const [given] = (await store.tickets.assignWaiting('acme')).tickets
      expectSame(given?.line_manager, 'mia', 'After a restart a slot that was freed is given')
      expectSame((await ask(store)).line_manager, null, 'After a restart a taken slot is still taken')
    },
  ),
]

async function everything(store: Store): Promise<unknown[]> {
  return [
    await store.workspaces.list(),
    await store.topics.list('acme'),
    await store.lineManagers.list('acme'),
    await store.tickets.list('acme', { limit: 10 }),
  ]
}
