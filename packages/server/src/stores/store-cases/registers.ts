import assert from 'node:assert/strict'
import { newLineManager, newTicket, newTopic, range, rowOf, type StoreCase } from './making.ts'

export const registerCases: readonly StoreCase[] = [
  {
    title: 'keeps the workspaces that were registered last, and only those',
    async run(open) {
      const store = await open()
      const acme = { _id: 'acme', key_hashes: ['one', 'two'], guests: false }
      const demo = { _id: 'demo', key_hashes: [], guests: true }
      assert.deepEqual(await store.workspaces.list(), [])
      await store.workspaces.replaceAll([acme, demo])
      assert.deepEqual(await store.workspaces.list(), [acme, demo])
      await store.workspaces.replaceAll([{ ...demo, guests: false }])
      assert.deepEqual(await store.workspaces.list(), [{ ...demo, guests: false }])
      await store.close()
    },
  },
  {
    title: 'makes a topic once per name and workspace, whoever is first, and lists the oldest first',
    async run(open) {
      const store = await open()
      const request = newTopic('billing')
      const created = await Promise.all(
        [request, request, newTopic('billing'), newTopic('delivery')].map((topic) =>
          store.topics.create(topic),
        ),
      )
      const billing = rowOf(created[0] ?? { conflict: 'exists' })
      assert.deepEqual(created.slice(0, 3), [
        { created: true, row: billing },
        { created: false, row: billing },
        { conflict: 'exists' },
      ])
      assert.deepEqual(await store.topics.create({ ...request, fingerprint: 'another' }), { conflict: 'cid' })
      assert.deepEqual(await store.topics.get('acme', 'billing'), billing)
      assert.equal(await store.topics.get('other', 'billing'), null)
      assert.deepEqual(
        (await store.topics.list('acme')).map(({ name }) => name),
        ['billing', 'delivery'],
      )
      assert.deepEqual(await store.topics.list('other'), [])
      assert.ok('row' in (await store.topics.create({ ...request, workspace_id: 'other' })))
      await store.close()
    },
  },
  {
    title: 'makes a line manager once per user and workspace, and lists the lowest position first',
    async run(open) {
      const store = await open()
      const request = newLineManager('mia', {
        positions_in_a_line: 3,
        average_serving_time: 2.5,
        capacity: 4,
      })
      const mia = rowOf(await store.lineManagers.create(request))
      assert.deepEqual(
        [mia.average_serving_time, mia.capacity, mia.ticket_count, mia.is_active],
        [2.5, 4, 0, true],
      )
      assert.deepEqual(await store.lineManagers.create(newLineManager('mia')), { conflict: 'exists' })
      assert.deepEqual(await store.lineManagers.create({ ...request, fingerprint: 'another' }), {
        conflict: 'cid',
      })
      await store.lineManagers.create(newLineManager('max'))
      await store.lineManagers.create(newLineManager('moe'))
      await store.lineManagers.create(newLineManager('mia', { workspace_id: 'other' }))
      for (const _ of range(1, 3)) await store.tickets.create(newTicket())
      assert.deepEqual(
        (await store.lineManagers.list('acme')).map(({ user_id, ticket_count }) => [user_id, ticket_count]),
        [
          ['max', 1],
          ['moe', 1],
          ['mia', 1],
        ],
      )
      const again = await store.lineManagers.create(request)
      assert.deepEqual(again, { created: false, row: { ...mia, ticket_count: 1 } })
      assert.equal((await store.lineManagers.list('other'))[0]?.ticket_count, 0)
      await store.close()
    },
  },
  {
    title: 'keeps topics, line managers, tickets, calls and workspaces over a restart',
    reopens: true,
    async run(open) {
      const first = await open()
      await first.workspaces.replaceAll([{ _id: 'acme', key_hashes: ['one'], guests: false }])
      await first.topics.create(newTopic('billing'))
      await first.lineManagers.create(newLineManager('mia', { capacity: 2 }))
      for (const _ of range(1, 3)) await first.tickets.create(newTicket())
      const read = async (store: typeof first) => [
        await store.workspaces.list(),
        await store.topics.list('acme'),
        await store.lineManagers.list('acme'),
        await store.tickets.list('acme', { limit: 10 }),
      ]
      const before = await read(first)
      await first.close()
      const store = await open()
      assert.deepEqual(await read(store), before)
      assert.equal(rowOf(await store.tickets.create(newTicket())).line_manager, null)
      await store.close()
    },
  },
]
