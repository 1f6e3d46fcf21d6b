import assert from 'node:assert/strict'
import { Message } from '@dowellchat/protocol'
import { draft, placedOf, range, readPage, room, type StoreCase, seqs } from './making.ts'

export const appendCases: readonly StoreCase[] = [
  {
    title: 'appends concurrent messages of several streams in the order of their calls, without holes',
    async run(open) {
      const store = await open()
      const keys = range(1, 4).map((n) => room(`r${n}`))
      const texts = range(1, 16).map((n) => `message ${n}`)
      await Promise.all(
        texts.flatMap((message_data) =>
          keys.map((key) => store.streams.append(key, [draft({ message_data })])),
        ),
      )
      for (const key of keys) {
        const page = await readPage(store, key, { newest: 50 })
        assert.deepEqual(seqs(page), range(1, 16))
        assert.deepEqual(
          page.entries.map(({ message_data }) => message_data),
          texts,
        )
        assert.equal(page.head.seq, 16)
        assert.equal(page.head.id, page.entries.at(-1)?._id)
      }
      await store.close()
    },
  },
  {
    title: 'appends several drafts of one call next to each other and answers each',
    async run(open) {
      const store = await open()
      const drafts = ['a', 'b', 'c'].map((message_data) => draft({ message_data }))
      const { appended, epoch } = await store.streams.append(room('r'), drafts)
      assert.deepEqual(
        appended.map((one) => placedOf(one).placed.seq),
        [1, 2, 3],
      )
      const page = await readPage(store, room('r'), { newest: 50 })
      assert.equal(page.epoch, epoch)
      assert.deepEqual(
        appended.map((one) => JSON.parse(placedOf(one).text)),
        page.entries,
      )
      await store.close()
    },
  },
  {
    title: 'keeps a message as the protocol has it, without what only the server knows',
    async run(open) {
      const store = await open()
      const ticket = { ticket_id: 't1', product: 'billing', message_data: 'Zeile\n"2" 👋', reply_to: 'm0' }
      const { appended } = await store.streams.append(room('r'), [draft(ticket)])
      const { text, placed } = placedOf(appended[0])
      const message = JSON.parse(text)
      assert.deepEqual(Message.parse(message), message)
      assert.deepEqual({ ...message, ...ticket, ...placed }, message)
      assert.ok(!('sid' in message) && !('fingerprint' in message))
      await store.close()
    },
  },
  {
    title: 'answers a repeated cid with the message that it made, and appends nothing',
    async run(open) {
      const store = await open()
      const message = draft()
      const answers = await Promise.all(
        range(1, 5).map(() => store.streams.append(room('r'), [message, message])),
      )
      const appended = answers.flatMap((answer) => answer.appended.map(placedOf))
      assert.deepEqual(
        appended.map(({ created }) => created),
        [true, ...range(2, 10).map(() => false)],
      )
      assert.equal(new Set(appended.map(({ text }) => text)).size, 1)
      for (const { placed } of appended) assert.deepEqual(placed, appended[0]?.placed)
      await store.streams.append(room('r'), [draft()])
      assert.deepEqual(seqs(await readPage(store, room('r'), { newest: 50 })), [1, 2])
      await store.close()
    },
  },
  {
    title: 'refuses a cid that made another message; another author or stream may use it',
    async run(open) {
      const store = await open()
      const message = draft()
      await store.streams.append(room('r'), [message])
      const other = { ...message, fingerprint: 'another' }
      const { appended } = await store.streams.append(room('r'), [
        draft(),
        other,
        { ...other, author: 'ben' },
      ])
      assert.deepEqual(appended[1], { conflict: 'cid' })
      assert.equal(placedOf(appended[2]).placed.seq, 3)
      const elsewhere = await store.streams.append(room('s'), [other])
      assert.equal(placedOf(elsewhere.appended[0]).placed.seq, 1)
      await store.close()
    },
  },
  {
    title: 'refuses a draft that cannot be stored, and takes what was called beside it',
    async run(open) {
      const store = await open()
      // A wrong type, which no caller of ours can send, stands for any mistake inside one operation.
      const faulty = draft({ message_data: 1n as unknown as string })
      const results = await Promise.allSettled([
        store.streams.append(room('r'), [draft()]),
        store.streams.append(room('r'), [draft(), faulty]),
        store.streams.append(room('r'), [draft()]),
        store.topics.list('acme'),
      ])
      assert.deepEqual(
        results.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
      )
      assert.deepEqual(seqs(await readPage(store, room('r'), { newest: 50 })), [1, 2])
      await store.close()
    },
  },
  {
    title:
      'tells where a stream ends, who used a cid in it, and what follows an entry, with the socket it came from',
    async run(open) {
      const store = await open()
      assert.equal(await store.streams.head(room('r')), 0)
      assert.deepEqual((await store.streams.entries(room('r'), 0)).entries, [])
      const drafts = [draft(), draft({ sid: 'socket-2' }), draft({ sid: null })]
      const { appended, epoch } = await store.streams.append(room('r'), drafts)
      assert.equal(await store.streams.head(room('r')), 3)
      const [, second, third] = appended.map((one) => placedOf(one).text)
      assert.deepEqual(await store.streams.entries(room('r'), 1), {
        epoch,
        entries: [
          { text: second, sid: 'socket-2' },
          { text: third, sid: null },
        ],
      })
      const cid = drafts[0]?.cid ?? ''
      assert.deepEqual(
        await Promise.all([
          store.streams.has(room('r'), 'ann', cid),
          store.streams.has(room('r'), 'ben', cid),
          store.streams.has(room('r', 'other'), 'ann', cid),
        ]),
        [true, false, false],
      )
      await store.close()
    },
  },
  {
    title: 'keeps everything over a restart, and goes on from there',
    reopens: true,
    async run(open) {
      const first = await open()
      const message = draft()
      await first.streams.append(room('r'), [draft(), message])
      await first.streams.open(room('empty'))
      const [before, empty] = [
        await first.streams.page(room('r'), { newest: 50 }),
        await first.streams.page(room('empty'), { newest: 50 }),
      ]
      await first.close()
      const store = await open()
      assert.deepEqual(await store.streams.page(room('r'), { newest: 50 }), before)
      assert.deepEqual(await store.streams.page(room('empty'), { newest: 50 }), empty)
      const { appended } = await store.streams.append(room('r'), [message, draft()])
      assert.equal(placedOf(appended[0]).created, false)
      assert.equal(placedOf(appended[1]).placed.seq, 3)
      await store.close()
    },
  },
  {
    title: 'keeps the streams of workspaces apart',
    async run(open) {
      const store = await open()
      const message = draft()
      await store.streams.append(room('r', 'acme'), [message])
      assert.deepEqual(await store.streams.page(room('r', 'other'), { newest: 50 }), null)
      assert.equal(await store.streams.messages(room('r', 'other'), { entries: 10, bytes: 1e6 }), '[]')
      const { appended } = await store.streams.append(room('r', 'other'), [message])
      assert.equal(placedOf(appended[0]).created, true)
      const pages = await Promise.all(
        ['acme', 'other'].map((name) => readPage(store, room('r', name), { newest: 50 })),
      )
      assert.notEqual(pages[0]?.epoch, pages[1]?.epoch)
      assert.notEqual(pages[0]?.head.id, pages[1]?.head.id)
      await store.close()
    },
  },
]
