import type { Store } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import {
  annPhone,
  answerBy,
  ask,
  benPhone,
  benTablet,
  callOf,
  draft,
  expectWhole,
  hire,
  ids,
  newCall,
  newKey,
  newLineManager,
  newTicket,
  newTopic,
  placedOf,
  range,
  readAll,
  readPage,
  room,
  rowOf,
} from './making.ts'
import { type StoreCase, threeStores } from './store-case.ts'
import { expectSpread } from './tickets.ts'

const key = room('r')

/** Runs a function on every store at once. */
function onAll<Result>(stores: readonly Store[], run: (store: Store) => Promise<Result>): Promise<Result[]> {
  return Promise.all(stores.map(run))
}

/** Appends messages one after the other; resolves to their texts. */
async function appendInTurn(store: Store, author: string, count: number): Promise<string[]> {
  const texts: string[] = []
  for (const n of range(1, count)) {
    const of = [draft({ author, message_data: `${n}` }), draft({ author, message_data: `${n} again` })]
    const { appended } = await store.streams.append(key, of)
    texts.push(...appended.map((one) => placedOf(one).text))
  }
  return texts
}

const appendCases: readonly StoreCase[] = [
  threeStores(
    '[S1] gives what is appended through several connections one order, without holes or doubles',
    async (stores) => {
      const authors = ['ann', 'ben', 'zoe']
      const appending = stores.flatMap((store, index) =>
        authors.map((author) => appendInTurn(store, `${author} ${index}`, 5)),
      )
      const answered = await Promise.all(appending)
      for (const store of stores) {
        const all = await readAll(store, key)
        expectWhole(all, answered.flat().length)
        for (const texts of answered) {
          const sent = texts.map((text) => JSON.parse(text))
          const kept = all.filter(({ author }) => author === sent[0]?.author)
          expectSame(
            kept,
            sent,
            'What an author appended is there as it was answered, in the order of the calls',
          )
        }
      }
      const epochs = await onAll(stores, async (store) => (await readPage(store, key, { newest: 1 })).epoch)
      expectSame(new Set(epochs).size, 1, 'A log has one epoch, whichever connection made it')
    },
  ),

  threeStores('[S3] appends a cid once, whichever connections it comes through', async (stores) => {
    for (const _ of range(1, 10)) {
      const message = draft()
      const answers = await onAll(stores, (store) => store.streams.append(key, [message]))
      const appended = answers.map((answer) => placedOf(answer.appended[0]))
      expectSame(appended.filter(({ created }) => created).length, 1, 'A cid makes a message once')
      expectSame(
        new Set(appended.map(({ text }) => text)).size,
        1,
        'A repeated cid is answered with the first message',
      )
      const other = { ...message, fingerprint: 'another' }
      const refused = await onAll(
        stores,
        async (store) => (await store.streams.append(key, [other])).appended,
      )
      const conflict = [{ conflict: 'cid' }]
      expectSame(
        refused,
        [conflict, conflict, conflict],
        'A cid that comes with another fingerprint is a conflict',
      )
    }
    expectWhole(await readAll(stores[0] as Store, key), 10)
  }),

  threeStores('[S5] shows what is stored through one connection to all others at once', async (stores) => {
    for (const n of range(1, 12)) {
      const writer = stores[n % stores.length] as Store
      const message = draft()
      const { appended, epoch } = await writer.streams.append(key, [message])
      const { text } = placedOf(appended[0])
      await onAll(stores, async (store) => {
        const seen = [
          await store.streams.head(key),
          (await readPage(store, key, { newest: 1 })).head.seq,
          await store.streams.entries(key, n - 1),
          await store.streams.messages(key, { entries: 1, bytes: 1e6 }),
          await store.streams.has(key, 'ann', message.cid),
        ]
        const entries = { epoch, entries: [{ text, sid: message.sid }] }
        expectSame(
          seen,
          [n, n, entries, { text: `[${text}]`, head: n }, true],
          'What is stored through one connection others can read',
        )
      })
    }
  }),
]

const makingCases: readonly StoreCase[] = [
  threeStores('[S3] makes a thing once, whichever connections ask for it', async (stores) => {
    const requests = {
      topic: newTopic('billing'),
      manager: newLineManager('mia'),
      ticket: newTicket(),
      call: newCall(),
      key: newKey(),
    }
    const made = {
      topic: await onAll(stores, (store) => store.topics.create(requests.topic)),
      manager: await onAll(stores, (store) => store.lineManagers.create(requests.manager)),
      ticket: await onAll(stores, (store) => store.tickets.create(requests.ticket)),
      call: await onAll(stores, (store) => store.calls.create(requests.call)),
      key: await onAll(stores, (store) => store.keys.create(requests.key)),
    }
    for (const [what, creations] of Object.entries(made)) {
      const rows = creations.map((creation) => rowOf<{ _id: string }>(creation))
      expectSame(new Set(ids(rows)).size, 1, `A cid makes one ${what}`)
      const created = creations.filter((creation) => creation && 'row' in creation && creation.created)
      expectSame(created.length, 1, `Of several who make a ${what} with one cid, one is told that it did`)
    }
  }),

  threeStores(
    '[S14] gives a name to one of several who want it, and others are told that it exists',
    async (stores) => {
      for (const n of range(1, 5)) {
        const topics = await onAll(stores, (store) => store.topics.create(newTopic(`topic ${n}`)))
        const managers = await onAll(stores, (store) =>
          store.lineManagers.create(newLineManager(`user ${n}`)),
        )
        for (const creations of [topics, managers]) {
          const outcomes = creations.map((one) => ('row' in one ? 'made' : one.conflict))
          expectSame(outcomes.toSorted(), ['exists', 'exists', 'made'], 'A name is given once')
        }
      }
      const names = await onAll(stores, async (store) => (await store.topics.list('acme')).length)
      expectSame(names, [5, 5, 5], 'Every connection lists what the others made')
    },
  ),

  threeStores(
    '[S11] lets one of several answers to a call win, whichever connections they come through',
    async (stores) => {
      for (const _ of range(1, 5)) {
        const [first] = stores as [Store]
        const { _id } = rowOf(await first.calls.create(newCall()))
        const devices = [benPhone, benTablet, benPhone]
        const changes = await Promise.all(
          stores.map((store, index) =>
            store.calls.transition('acme', _id, answerBy(devices[index] ?? benPhone)),
          ),
        )
        const changed = changes.filter((change) => 'changed' in change && change.changed)
        expectSame(changed.length, 1, 'A call is answered once')
        const answeredBy = callOf(changed[0] ?? { refused: 'conflict', why: '' }).answered_by
        const open = await onAll(stores, (store) => store.calls.listOpen('acme', annPhone))
        const seen = open.map((calls) => calls[0]?.answered_by)
        expectSame(seen, [answeredBy, answeredBy, answeredBy], 'Every connection knows who answered')
        await first.calls.transition('acme', _id, { type: 'end', device: annPhone })
      }
    },
  ),
]

const ticketCases: readonly StoreCase[] = [
  threeStores('[S16] spreads tickets that come through several connections evenly', async (stores) => {
    const [first] = stores as [Store]
    await hire(first, ['mia', 'max', 'moe'])
    await onAll(stores, (store) => Promise.all(range(1, 20).map(() => ask(store))))
    await onAll(stores, (store) => expectSpread(store, 60))
  }),

  threeStores('[S17] closes a ticket once, whichever connections close it', async (stores) => {
    const [first] = stores as [Store]
    await hire(first, ['mia', 'max', 'moe'])
    const tickets = await Promise.all(range(1, 24).map(() => ask(first)))
    for (const { _id } of tickets.slice(0, 12)) {
      const closings = await Promise.all(
        stores.map((store, index) => store.tickets.close('acme', _id, `by ${index}`)),
      )
      const winner = closings.findIndex((closing) => closing?.closed_now)
      expectSame(
        closings.filter((closing) => closing?.closed_now).length,
        1,
        'Of several who close a ticket, one does',
      )
      const reported = closings.map((closing) => closing?.closing)
      const closing = { by: `by ${winner}`, count: 1 }
      expectSame(
        reported,
        [closing, closing, closing],
        'All are told who closed it, and that it was closed once',
      )
    }
    const counts = await onAll(stores, async (store) => {
      const managers = await store.lineManagers.list('acme')
      return managers.reduce((sum, { ticket_count }) => sum + ticket_count, 0)
    })
    expectSame(counts, [12, 12, 12], "The line managers' ticket_counts are the numbers of their open tickets")
  }),

  threeStores('[S18] never gives more tickets than the capacity, nor a ticket to two', async (stores) => {
    const [first] = stores as [Store]
    await hire(first, ['mia', 'max', 'moe'], 5)
    await onAll(stores, (store) => Promise.all(range(1, 8).map(() => ask(store))))
    // A slot may have become free while a ticket was stored, so the server calls this after storing one.
    await onAll(stores, (store) => store.tickets.assignWaiting('acme'))
    await expectSpread(first, 15)
    const open = await first.tickets.listOpen('acme', 'mia')
    for (const { _id } of open) await first.tickets.close('acme', _id, 'mia')
    const looks = await onAll(stores, (store) => store.tickets.assignWaiting('acme'))
    const given = looks.flatMap(({ tickets }) => tickets)
    expectSame(new Set(ids(given)).size, given.length, 'A waiting ticket is given once')
    expectSame(given.length, open.length, 'Every slot that was freed is given again')
    await expectSpread(first, 15)
    const { tickets } = await first.tickets.list('acme', { limit: 50 })
    const waiting = tickets.filter(({ line_manager }) => line_manager === null)
    expectTrue(waiting.length === 4, 'Of 24 tickets, 5 closed and 15 slots taken, 4 wait', waiting.length)
  }),
]

export const connectionCases: readonly StoreCase[] = [...appendCases, ...makingCases, ...ticketCases]
