import { isMessage, Message } from '@dowellchat/protocol'
import { mostKnown, type Store, type StreamKey } from '../../stores/store.ts'
import { expectSame } from './checks.ts'
import { draft, drafts, expectWhole, placedOf, range, readAll, readPage, room, seqs } from './making.ts'
import { oneStore, reopened, type StoreCase } from './store-case.ts'

const newest = { newest: 50 } as const

export const appendCases: readonly StoreCase[] = [
  oneStore('[S1] appends concurrent messages of several streams without holes, each once', async (store) => {
    const keys = range(1, 4).map((n) => room(`r${n}`))
    const texts = range(1, 16).map((n) => `message ${n}`)
    const appending = texts.flatMap((message_data) =>
      keys.map((key) => store.streams.append(key, [draft({ message_data })])),
    )
    await Promise.all(appending)
    for (const key of keys) {
      const page = await readPage(store, key, newest)
      expectWhole(page.entries, texts.length)
      const stored = page.entries.filter(isMessage).map(({ message_data }) => message_data)
      expectSame(
        stored.toSorted(),
        texts.toSorted(),
        'Every message that append answered is in its stream, once',
      )
      const last = { seq: 16, nth: 16, id: page.entries.at(-1)?._id }
      expectSame(page.head, last, 'The head of a page is the last entry of the stream')
    }
  }),

  oneStore('[S1] appends several drafts of one call next to each other and answers each', async (store) => {
    const texts = ['a', 'b', 'c']
    const of = texts.map((message_data) => draft({ message_data }))
    const { appended, epoch } = await store.streams.append(room('r'), of)
    const places = appended.map((one) => placedOf(one).placed)
    expectSame(seqs({ entries: places }), [1, 2, 3], 'Each draft of a call has the next seq, in their order')
    const page = await readPage(store, room('r'), newest)
    expectSame(page.epoch, epoch, 'append and page tell the same epoch')
    const answered = appended.map((one) => JSON.parse(placedOf(one).text))
    expectSame(page.entries, answered, 'A page has the texts that append answered')
    expectSame(
      answered.map(({ _id, seq, nth, created_at }) => ({ _id, seq, nth, created_at })),
      places,
      'The place that append answers is the one in the text',
    )
  }),

  oneStore('[S2] keeps a message as the protocol has it, without the server’s own fields', async (store) => {
    const ofTicket = { ticket_id: 't1', product: 'billing', message_data: 'Zeile\n"2" 👋', reply_to: 'm0' }
    const sent = draft(ofTicket)
    const { appended } = await store.streams.append(room('r'), [sent])
    const { text, placed } = placedOf(appended[0])
    const message = JSON.parse(text)
    expectSame(message, Message.parse(message), 'The text is a message of the protocol, and nothing more')
    const { sid: _, fingerprint: __, ...shown } = sent
    const expected = { ...shown, ...placed, stream: 'room:r', type: 'message' }
    expectSame(
      message,
      expected,
      'A message has what was sent and its place, and neither sid nor fingerprint',
    )
  }),

  oneStore('[S3] answers a repeated cid with its message, and appends nothing', async (store) => {
    const message = draft()
    const answers = await Promise.all(
      range(1, 5).map(() => store.streams.append(room('r'), [message, message])),
    )
    const appended = answers.flatMap((answer) => answer.appended.map(placedOf))
    expectSame(appended.filter(({ created }) => created).length, 1, 'A cid makes a message once')
    const [first] = appended
    for (const { placed, text } of appended)
      expectSame(
        [placed, text],
        [first?.placed, first?.text],
        'A repeated cid is answered with the first message',
      )
    await store.streams.append(room('r'), [draft()])
    expectWhole((await readPage(store, room('r'), newest)).entries, 2)
  }),

  oneStore('[S3] refuses a cid of another message; other authors and streams may use it', async (store) => {
    const message = draft()
    await store.streams.append(room('r'), [message])
    const other = { ...message, fingerprint: 'another' }
    const { appended } = await store.streams.append(room('r'), [draft(), other, { ...other, author: 'ben' }])
    expectSame(appended[1], { conflict: 'cid' }, 'A cid that comes with another fingerprint is a conflict')
    expectSame(
      placedOf(appended[2]).placed.seq,
      3,
      'A conflict takes no place, and a cid belongs to its author',
    )
    const elsewhere = await store.streams.append(room('s'), [other])
    expectSame(placedOf(elsewhere.appended[0]).placed.seq, 1, 'A cid belongs to its stream')
  }),

  oneStore('[S4] refuses a draft that cannot be stored, and takes those beside it', async (store) => {
    // A wrong type, which the server never passes, represents any failure inside one operation.
    const faulty = draft({ message_data: 1n as unknown as string })
    const results = await Promise.allSettled([
      store.streams.append(room('r'), [draft()]),
      store.streams.append(room('r'), [draft(), faulty]),
      store.streams.append(room('r'), [draft()]),
      store.topics.list('acme'),
    ])
    const statuses = results.map(({ status }) => status)
    const expected = ['fulfilled', 'rejected', 'fulfilled', 'fulfilled']
    expectSame(statuses, expected, 'Only the call with the mistake fails')
    expectWhole((await readPage(store, room('r'), newest)).entries, 2)
  }),

  oneStore(
    '[S5] tells where a stream ends, and what follows an entry, with the socket it came from',
    async (store) => {
      const key = room('r')
      expectSame(await store.streams.head(key), 0, 'A stream without a log ends at 0')
      expectSame((await store.streams.entries(key, 0)).entries, [], 'A stream without a log has no entries')
      const of = [draft(), draft({ sid: 'socket-2' }), draft({ sid: null })]
      const { appended, epoch } = await store.streams.append(key, of)
      expectSame(await store.streams.head(key), 3, 'head is the seq of the last entry')
      const [, second, third] = appended.map((one) => placedOf(one).text)
      const following = [
        { text: second, sid: 'socket-2' },
        { text: third, sid: null },
      ]
      expectSame(
        await store.streams.entries(key, 1),
        { epoch, entries: following },
        'entries answers the texts and sockets of what follows the given seq, and no other',
      )
      expectSame(
        await store.streams.entries(key, 3),
        { epoch, entries: [] },
        'Nothing follows the last entry',
      )
    },
  ),

  oneStore('[S48] says which of many streams go on after the entries that are known', async (store) => {
    const keys = range(1, mostKnown - 2).map((n) => room(`r${n}`))
    for (const key of keys.slice(0, 10)) await store.streams.append(key, drafts(2))
    await store.streams.open(room('empty'))
    const ends = [room('empty'), room('none'), ...keys].map((key) => ({ ...key, seq: 0 }))
    const streamsOf = (grown: readonly StreamKey[]) => grown.map(({ stream }) => stream).toSorted()
    const wanted = streamsOf(keys.slice(0, 10))
    const rule = 'A stream has grown if it has the entry after the one that is known'
    expectSame(streamsOf(await store.streams.grown(ends)), wanted, rule)
    const second = ends.map((end, at) => ({ ...end, seq: at % 2 === 0 ? 1 : 2 }))
    const half = streamsOf(keys.slice(0, 10).filter((_, at) => at % 2 === 0))
    expectSame(streamsOf(await store.streams.grown(second)), half, rule)
    expectSame(await store.streams.grown(ends.map((end) => ({ ...end, seq: 1e9 }))), [], rule)
    expectSame(await store.streams.grown([]), [], rule)
  }),

  oneStore('[S3] knows who has used a cid in a stream', async (store) => {
    const message = draft()
    await store.streams.append(room('r'), [message])
    const asked = [
      store.streams.has(room('r'), 'ann', message.cid),
      store.streams.has(room('r'), 'ben', message.cid),
      store.streams.has(room('s'), 'ann', message.cid),
      store.streams.has(room('r'), 'ann', draft().cid),
    ]
    const rule = 'has is true for the author, the stream and the cid of an entry, and for no others'
    expectSame(await Promise.all(asked), [true, false, false, false], rule)
  }),

  oneStore('[S6] gives each log an epoch of its own, and keeps it', async (store) => {
    const opening = range(1, 5).map(() => store.streams.open(room('r')))
    await Promise.all(opening)
    const { epoch } = await readPage(store, room('r'), newest)
    const answers = await Promise.all(range(1, 5).map(() => store.streams.append(room('r'), drafts(1))))
    for (const answer of answers) expectSame(answer.epoch, epoch, 'An append leaves the epoch as it is')
    expectSame((await store.streams.entries(room('r'), 0)).epoch, epoch, 'entries tells the epoch of the log')
    const other = await store.streams.append(room('s'), drafts(1))
    expectSame(other.epoch === epoch, false, 'Each log has another epoch')
  }),

  reopened(
    '[S7] keeps streams, their epochs and cids over a restart, and goes on from there',
    async (store) => {
      const message = draft()
      await store.streams.append(room('r'), [draft(), message])
      await store.streams.open(room('empty'))
      return { message, pages: await bothPages(store) }
    },
    async (store, { message, pages }) => {
      expectSame(await bothPages(store), pages, 'After a restart a page is what it was, letter for letter')
      const { appended } = await store.streams.append(room('r'), [message, draft()])
      expectSame(placedOf(appended[0]).created, false, 'After a restart a cid that was used is still known')
      expectSame(placedOf(appended[1]).placed.seq, 3, 'After a restart the next seq follows the last one')
      expectWhole(await readAll(store, room('r')), 3)
    },
  ),
]

async function bothPages(store: Store): Promise<unknown[]> {
  const keys = [room('r'), room('empty')]
  return Promise.all(keys.map((key) => store.streams.page(key, newest)))
}
