import { randomUUID } from 'node:crypto'
import { type Document, MongoClient } from 'mongodb'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from '../../tests/support/mongo.ts'
import { mongoDeclarations } from '../../tests/support/mongo-declarations.ts'
import { isHello, startMongoProxy } from '../../tests/support/mongo-proxy.ts'
import type { WireCommand } from '../../tests/support/mongo-wire.ts'
import { startProxy, type TcpProxy } from '../../tests/support/tcp-proxy.ts'
import { newNote } from '../testing/store-cases/deliveries.ts'
import {
  annPhone,
  change,
  changeDraft,
  draft,
  expectWhole,
  hire,
  naming,
  newAuditEntry,
  newCall,
  newKey,
  newLineManager,
  newReport,
  newTicket,
  newTopic,
  newUpload,
  placedOf,
  range,
  readAll,
  revocation,
  room,
  rowOf,
} from '../testing/store-cases/making.ts'
import { readMark } from '../testing/store-cases/readers.ts'
import { by, newRoom } from '../testing/store-cases/rooms.ts'
import { withStore } from '../testing/store-cases/store-case.ts'
import { expectSpread } from '../testing/store-cases/tickets.ts'
import { seen } from '../testing/store-cases/users.ts'
import type { Domain } from './embedded/operations.ts'
import { newUploadRow } from './fields/uploads.ts'
import { newUserRow } from './fields/users.ts'
import { mongoStore } from './mongo/index.ts'
import { type Store, StoreUnavailableError } from './store.ts'

/** Far later than any call may end. */
const patienceMs = 20_000

/** A store behind a proxy, which is good at first. */
async function withProxy(
  server: MongoServer,
  run: (store: Store, proxy: TcpProxy, database: string) => Promise<void>,
): Promise<void> {
  const proxy = await startProxy(server)
  const database = newDatabase()
  const url = new URL(server.url)
  url.host = `127.0.0.1:${proxy.port}`
  await withStore(
    () => mongoStore({ url: url.href, database }),
    async (store) => {
      await run(store, proxy, database)
      proxy.set(undefined)
    },
  )
}

// A command's name is the first field of the document that follows a message's header.
const commandNameAt = 26

/** Loses the answer to whatever is written, and to nothing else: it has happened, and nobody is told. */
const losesWrites = {
  losesAnswersTo: (request: Buffer): boolean =>
    /^(insert|update|delete|findAndModify)\0/.test(
      request.toString('latin1', commandNameAt, commandNameAt + 20),
    ),
}

const pinning = { change: 'pinned' } as const

type MethodName = { [D in Domain]: `${D}.${keyof Store[D] & string}` }[Domain]

/** One call of every method. */
function everyCall(store: Store): Record<MethodName, () => Promise<unknown>> {
  // The messages of a stream that has a removal have no whole seqs.
  const [key, gone] = [room('r'), room('gone')]
  return {
    'workspaces.replaceAll': () => store.workspaces.replaceAll([]),
    'workspaces.list': () => store.workspaces.list(),
    'streams.append': () => store.streams.append(key, [draft()]),
    'streams.open': () => store.streams.open(room('new')),
    'streams.has': () => store.streams.has(key, 'ann', 'cid'),
    'streams.seqOf': () => store.streams.seqOf(key, 'id'),
    'streams.madeBefore': () => store.streams.madeBefore(key, '2000-01-01T00:00:00.000Z'),
    'streams.names': () => store.streams.names('acme', '', 9),
    'streams.mentionsAfter': () => store.streams.mentionsAfter(key, ['ann'], 0),
    'streams.head': () => store.streams.head(key),
    'streams.entries': () => store.streams.entries(key, 0),
    'streams.grown': () => store.streams.grown([{ ...key, seq: 0 }]),
    'streams.ends': () => store.streams.ends([{ ...key, mark: { nth: 0, seq: 0, user_ids: ['ben'] } }]),
    'streams.page': () => store.streams.page(key, { newest: 50 }),
    'streams.messages': () => store.streams.messages(key, { entries: 50, bytes: 1e6 }),
    'streams.prune': () => store.streams.prune('acme', '2000-01-01T00:00:00.000Z', null),
    'streams.remove': () => store.streams.remove(gone, { targets: [1], reason: 'deleted' }),
    'streams.message': () => store.streams.message(gone, 1),
    'streams.change': () => store.streams.change(gone, changeDraft({ seq: 2, message_id: 'id' }, pinning)),
    'streams.pinned': () => store.streams.pinned(gone),
    'streams.reactors': () =>
      store.streams.reactors(gone, { seq: 2, message_id: 'id' }, { reaction: 'x', limit: 9 }),
    'streams.versions': () => store.streams.versions(gone, { seq: 2, message_id: 'id' }),
    'streams.forget': () => store.streams.forget(gone, [2], { ann: 'erased:1' }),
    'search.prepare': () => store.search.prepare('acme'),
    'search.isComplete': () => store.search.isComplete('acme'),
    'search.complete': () => store.search.complete('acme'),
    'search.index': () => store.search.index([key]),
    'search.behind': () => store.search.behind('acme', null),
    'search.drop': () => store.search.drop('acme'),
    'search.tidy': () => store.search.tidy(),
    'search.find': () =>
      store.search.find('acme', { places: { streams: ['room:r'], tickets: 'all' }, terms: ['x'], limit: 9 }),
    'personal.read': () => store.personal.read('acme', ['ann'], null),
    'personal.erase': () =>
      store.personal.erase('acme', [{ collection: 'users', row: newUserRow(seen('eve')) }], {
        eve: 'erased:1',
      }),
    'changes.rename': () => store.changes.rename('acme', { ann: 'x' }, 0),
    'personal.tables': () => store.personal.tables(),
    'personal.settle': () => store.personal.settle(),
    'readers.get': () => store.readers.get('acme', ['ann'], key.stream),
    'readers.list': () => store.readers.list('acme', { user_ids: ['ann'], is_archived: false, limit: 9 }),
    'readers.enter': () =>
      store.readers.enter('acme', [
        { user_ids: ['ben'], stream: key.stream, at: '2026-01-01T00:00:00.000Z' },
      ]),
    'readers.mark': () => store.readers.mark('acme', [readMark('ann', 1)]),
    'readers.keep': () =>
      store.readers.keep('acme', {
        user_ids: ['ann'],
        stream: key.stream,
        change: { is_muted: true },
        most_pinned: 9,
      }),
    'readers.remove': () => store.readers.remove('acme', key.stream, ['zoe']),
    'readers.ofStream': () => store.readers.ofStream('acme', key.stream, { limit: 9 }),
    'readers.move': () =>
      store.readers.move('acme', { stream: key.stream, active_at: '2026-01-02T00:00:00.000Z', limit: 9 }),
    'uploads.create': () => store.uploads.create(newUpload({ cid: 'another' })),
    'uploads.get': () => store.uploads.get('acme', 'id'),
    'uploads.finish': () => store.uploads.finish('acme', 'id', '2026-01-01T00:00:00.000Z'),
    'uploads.name': () => store.uploads.name('acme', naming(['id'])),
    'uploads.cancel': () => store.uploads.cancel('acme', 'id', ['ann'], '2026-01-01T00:00:00.000Z'),
    'uploads.due': () => store.uploads.due('2026-01-01T00:00:00.000Z'),
    'uploads.decide': () => store.uploads.decide('acme', newUploadRow(newUpload()), null),
    'uploads.expire': () =>
      store.uploads.expire('acme', '2026-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'),
    'uploads.forgetDays': () => store.uploads.forgetDays('acme', '2026-01-01'),
    'calls.create': () => store.calls.create(newCall()),
    'calls.get': () => store.calls.get('acme', 'id'),
    'calls.history': () => store.calls.history('acme', ['ann'], { limit: 9 }),
    'calls.transition': () => store.calls.transition('acme', 'id', { type: 'end', device: annPhone }),
    'calls.listOpen': () => store.calls.listOpen('acme', annPhone),
    'calls.listOpenOf': () => store.calls.listOpenOf('acme', 'ann'),
    'calls.takeOver': () => store.calls.takeOver('acme', 'id', 'server-1', 'server-2'),
    'calls.owners': () => store.calls.owners(),
    'calls.listOwned': () => store.calls.listOwned('server-1', { after: '', limit: 10 }),
    'topics.create': () => store.topics.create(newTopic('billing')),
    'topics.get': () => store.topics.get('acme', 'billing'),
    'topics.list': () => store.topics.list('acme'),
    'lineManagers.create': () => store.lineManagers.create(newLineManager('mia')),
    'lineManagers.get': () => store.lineManagers.get('acme', 'mia'),
    'lineManagers.list': () => store.lineManagers.list('acme'),
    'topics.update': () => store.topics.update('acme', 'billing', { title: 'Bills' }),
    'lineManagers.update': () => store.lineManagers.update('acme', 'mia', { is_active: true }),
    'lineManagers.remove': () => store.lineManagers.remove('acme', 'nobody'),
    'lineManagers.attend': () =>
      store.lineManagers.attend('acme', 'mia', { is_connected: true, at: '2026-01-01T00:00:00.000Z' }),
    'lineManagers.absent': () => store.lineManagers.absent('2026-01-01T00:00:00.000Z', 9),
    'lineManagers.observe': () => store.lineManagers.observe('acme', 'mia', 'billing', 3),
    'lineManagers.finish': () => store.lineManagers.finish('acme', 'mia', '2026-01-01T00:00:00.000Z'),
    'lineManagers.observed': () => store.lineManagers.observed('acme', 'mia'),
    'lineManagers.serving': () => store.lineManagers.serving('acme', 'billing'),
    'tickets.move': () => store.tickets.move('acme', 'id', { kind: 'hold' }, 'mia'),
    'tickets.update': () => store.tickets.update('acme', 'id', { subject: 'x' }),
    'tickets.touch': () => store.tickets.touch('acme', [{ ticket_id: 'id', at: '2026-01-01T00:00:00.000Z' }]),
    'tickets.firstText': () => store.tickets.firstText('acme', 'id'),
    'tickets.firstSent': () => store.tickets.firstSent('acme', 'id'),
    'tickets.unsent': () => store.tickets.unsent('2026-01-01T00:00:00.000Z', 9),
    'tickets.place': () => store.tickets.place('acme', 'id'),
    'tickets.countInLine': () => store.tickets.countInLine('acme', 'billing'),
    'tickets.ordersIn': () => store.tickets.ordersIn('acme', 'topic:billing'),
    'tickets.takePredictions': () => store.tickets.takePredictions('acme', ['id']),
    'tickets.firstInLine': () => store.tickets.firstInLine('acme'),
    'tickets.claimed': () => store.tickets.claimed('acme', 'max', 'a cid'),
    'tickets.handBack': () => store.tickets.handBack('acme', 'nobody', { limit: 9 }),
    'tickets.overdue': () => store.tickets.overdue('2026-01-01T00:00:00.000Z', 9),
    'cannedAnswers.create': () =>
      store.cannedAnswers.create({
        ...{ workspace_id: 'acme', created_by: 'mia', title: 'Hello', text: 'Hello', product: null },
        ...{ cid: 'a', fingerprint: '' },
      }),
    'cannedAnswers.get': () => store.cannedAnswers.get('acme', 'id'),
    'cannedAnswers.update': () => store.cannedAnswers.update('acme', 'id', { text: 'x' }),
    'cannedAnswers.remove': () => store.cannedAnswers.remove('acme', 'id'),
    'cannedAnswers.list': () => store.cannedAnswers.list('acme', { limit: 9 }),
    'shareLinks.create': () =>
      store.shareLinks.create({
        ...{ workspace_id: 'acme', created_by: 'mia', link_id: '1', number_of_links: 1 },
        ...{ product_distribution: { billing: 1 }, usernames: [], link: '' },
        ...{ cid: 'a', fingerprint: '' },
      }),
    'shareLinks.find': () => store.shareLinks.find('1'),
    'shareLinks.use': () => store.shareLinks.use('acme', '1', 'billing', 'cid'),
    'shareLinks.giveBack': () =>
      store.shareLinks.giveBack('acme', { link_id: '1', user_id: 'ann', product: 'billing', cid: 'cid' }),
    'shareLinks.setMeta': () => store.shareLinks.setMeta('acme', { waiting_time: '1', operation_time: '1' }),
    'shareLinks.meta': () => store.shareLinks.meta('acme'),
    'tickets.create': () => store.tickets.create(newTicket()),
    'tickets.has': () => store.tickets.has('acme', ['ann'], 'cid'),
    'tickets.get': () => store.tickets.get('acme', 'id'),
    'tickets.getSome': () => store.tickets.getSome('acme', ['id']),
    'tickets.list': () => store.tickets.list('acme', { limit: 10 }),
    'tickets.close': () => store.tickets.close('acme', 'id', 'mia'),
    'tickets.assignWaiting': () => store.tickets.assignWaiting('acme'),
    'tickets.listOpen': () => store.tickets.listOpen('acme', 'mia'),
    'users.see': () => store.users.see('acme', [seen('ann')]),
    'users.left': () => store.users.left('acme', [{ user_id: 'ann', at: seen('ann').at }]),
    'users.update': () => store.users.update('acme', seen('ann'), { name: 'Ann' }),
    'users.set': () => store.users.set('acme', seen('ann'), { status_text: 'Here' }),
    'users.settings': () => store.users.settings('acme', ['ann']),
    'users.get': () => store.users.get('acme', ['ann']),
    'users.search': () => store.users.search('acme', { text: 'ann', limit: 9 }),
    'users.remove': () => store.users.remove('acme', 'ann'),
    'aliases.create': () => store.aliases.create('acme', 'guest:1', 'ann'),
    'aliases.get': () => store.aliases.get('acme', 'guest:1'),
    'aliases.among': () => store.aliases.among('acme', ['guest:1']),
    'aliases.list': () => store.aliases.list('acme', 'ann', { limit: 9 }),
    'aliases.removeAll': () => store.aliases.removeAll('acme', 'ann'),
    'threads.create': () => store.threads.create('acme', { _id: 'id', parent: 'room:r', parent_seq: 1 }),
    'threads.get': () => store.threads.get('acme', 'id'),
    'threads.list': () => store.threads.list('acme', 'room:r', ['id']),
    'threads.prune': () => store.threads.prune('acme', null),
    'deliveries.follow': () => store.deliveries.follow('acme', 'hook', seen('ann').at),
    'deliveries.note': () => store.deliveries.note('acme', [newNote()]),
    'deliveries.due': () => store.deliveries.due('hook', seen('ann').at, 9),
    'deliveries.get': () => store.deliveries.get('acme', 'hook', key.stream),
    'deliveries.settle': () => store.deliveries.settle('acme', { _id: 'id', version: 1 }, { seq: 1 }),
    'deliveries.remove': () => store.deliveries.remove('acme', { _id: 'id', version: 1 }),
    'deliveries.list': () => store.deliveries.list('acme', { consumer: 'hook', after: '', limit: 9 }),
    'deliveries.told': () => store.deliveries.told('acme', 'hook', key.stream, ['ann']),
    'deliveries.tell': () =>
      store.deliveries.tell('acme', [
        { consumer: 'hook', stream: key.stream, user_id: 'ann', nth: 1, at: seen('ann').at },
      ]),
    'blocks.create': () => store.blocks.create('acme', 'ann', 'eve'),
    'blocks.get': () => store.blocks.get('acme', 'ann', 'eve'),
    'blocks.blockers': () => store.blocks.blockers('acme', ['ann'], ['eve']),
    'blocks.pairs': () => store.blocks.pairs('acme', ['ann']),
    'blocks.list': () => store.blocks.list('acme', 'ann', { limit: 9 }),
    'blocks.remove': () => store.blocks.remove('acme', 'ann', 'eve'),
    'blocks.removeAll': () => store.blocks.removeAll('acme', 'ann'),
    'keys.create': () => store.keys.create(newKey()),
    'keys.find': () => store.keys.find('acme', 'hash'),
    'keys.get': () => store.keys.get('acme', 'id'),
    'keys.list': () => store.keys.list('acme', { limit: 10 }),
    'keys.rotate': () => store.keys.rotate('acme', 'id', newKey(), '2099-01-01T00:00:00.000Z'),
    'keys.revoke': () => store.keys.revoke('acme', 'id'),
    'keys.used': () => store.keys.used('acme', 'id', '2026-01-01T00:00:00.000Z'),
    'keys.replaceUser': () => store.keys.replaceUser('acme', 'ann', 'hash'),
    'audit.append': () => store.audit.append('acme', [newAuditEntry()]),
    'audit.count': () => store.audit.count('acme', newAuditEntry()),
    'audit.list': () => store.audit.list('acme', { limit: 10 }),
    'audit.forgetAddresses': () => store.audit.forgetAddresses('acme', '2000-01-01T00:00:00.000Z'),
    'audit.replaceUser': () => store.audit.replaceUser('acme', 'ann', 'hash'),
    'revocations.revoke': () => store.revocations.revoke('acme', revocation()),
    'revocations.get': () => store.revocations.get('acme', 'ann'),
    'changes.append': () => store.changes.append([change()]),
    'changes.after': () => store.changes.after(0),
    'changes.head': () => store.changes.head(),
    'changes.prune': () => store.changes.prune('2000-01-01T00:00:00.000Z'),
    'tickets.shared': () => store.tickets.shared('acme', ['ann'], ['mia']),
    'tickets.countWaiting': () => store.tickets.countWaiting('acme'),
    'rooms.create': () => store.rooms.create(newRoom()),
    'rooms.get': () => store.rooms.get('acme', '~id'),
    'rooms.membership': () => store.rooms.membership('acme', '~id', ['ann']),
    'rooms.memberships': () => store.rooms.memberships('acme', ['~1'], ['ann']),
    'rooms.members': () => store.rooms.members('acme', '~id', { limit: 9 }),
    'rooms.memberIds': () => store.rooms.memberIds('acme', '~id'),
    'rooms.list': () => store.rooms.list('acme', { user_ids: ['ann'], limit: 9 }),
    'rooms.change': () => store.rooms.change('acme', '~id', { type: 'close', ...by('ann') }),
    'rooms.pace': () =>
      store.rooms.pace('acme', { room: '~id', user_id: 'ann', cid: 'cid', every_ms: 1_000 }),
    'reports.create': () => store.reports.create(newReport()),
    'reports.get': () => store.reports.get('acme', 'id'),
    'reports.list': () => store.reports.list('acme', { limit: 9 }),
    'reports.resolve': () => store.reports.resolve('acme', 'id', { by: 'root', text: null }),
    'reports.forgetMessage': () => store.reports.forgetMessage('acme', 'id'),
    'rooms.shared': () => store.rooms.shared('acme', ['ann'], ['ben']),
  }
}

/** Not asked of the server at all: MongoDB's files are its own, and so is the order in its indexes. */
const unasked: readonly string[] = ['personal.settle', 'search.tidy'] satisfies MethodName[]

/** A store's streams before the calls: one to append to, one to remove from. */
async function fill(store: Store): Promise<void> {
  for (const stream of ['r', 'gone']) {
    const one = draft()
    await repeat(() => store.streams.append(room(stream), [one]))
  }
}

/** How a call ended: with an answer, as unavailable, or otherwise, which it must not. */
async function outcomeOf(call: () => Promise<unknown>): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const never = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('without end'), patienceMs)
  })
  const ended = call().then(
    () => 'answered',
    (error: unknown) => (error instanceof StoreUnavailableError ? 'unavailable' : String(error)),
  )
  return Promise.race([ended, never]).finally(() => clearTimeout(timer))
}

function sum(counts: Readonly<Record<string, number>> | readonly number[]): number {
  return Object.values(counts).reduce((total, count) => total + count, 0)
}

/** Repeats a call, as a client does, until the store can take it. */
async function repeat<T>(call: () => Promise<T>): Promise<T> {
  for (const _ of range(1, 20)) {
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error
    }
  }
  throw new Error('The store did not become available again')
}

const writing = ['insert', 'update', 'delete', 'findAndModify']

/** Throws unless a command says what durable means, and what may be read. */
function expectConcerns(method: string, { name, document }: WireCommand, isReplicated: boolean): void {
  const what = `${name} of ${method}`
  if (writing.includes(name)) {
    const { w, j, wtimeout } = document.writeConcern ?? {}
    expect({ w, j }, what).toEqual({ w: isReplicated ? 'majority' : 1, j: true })
    if (isReplicated) expect(wtimeout, what).toBeGreaterThan(0)
  } else if (isReplicated && ['find', 'aggregate'].includes(name)) {
    expect(document.readConcern, what).toMatchObject({ level: 'majority' })
  }
  // The driver says `primaryPreferred` to one that it is directly connected to, and nothing where it means the primary.
  expect([undefined, 'primary', 'primaryPreferred'], what).toContain(document.$readPreference?.mode)
}

const declarations = mongoDeclarations()

/** Throws unless a change of one row names the whole shard key, by which a sharded cluster finds it. */
function expectRouted(method: string, { name, document }: WireCommand): void {
  const { shardKey = {} } = declarations.get(String(document[name])) ?? {}
  const single = (document.updates ?? []).filter((update: Document) => !update.multi)
  const filters: Document[] = name === 'findAndModify' ? [document.query] : single.map(({ q }: Document) => q)
  for (const filter of filters)
    for (const field of Object.keys(shardKey))
      expect(filter[field], `${field} in ${name} of ${method}`).toBeTypeOf('string')
}

describe.skipIf(noMongo)(`MongoDB with faults${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
  describe.each(mongoKinds)('in $kind', ({ isReplicated, start }) => {
    let server: MongoServer
    beforeAll(async () => {
      server = await start()
    })
    afterAll(() => server.stop())

    it.each(['refuses', 'hangs', 'loses answers'] as const)(
      '[S23] ends every call as unavailable where the server %s, and takes them again later',
      { timeout: 120_000 },
      async (fault) => {
        await withProxy(server, async (store, proxy) => {
          await fill(store)
          proxy.set(fault)
          const calls = Object.entries(everyCall(store))
          const outcomes = await Promise.all(calls.map(async ([name, call]) => [name, await outcomeOf(call)]))
          expect(outcomes).toEqual(
            calls.map(([name]) => [name, unasked.includes(name) ? 'answered' : 'unavailable']),
          )
          proxy.set(undefined)
          for (const call of Object.values(everyCall(store))) await repeat(call)
          expectWhole(await repeat(() => readAll(store, room('r'))))
        })
      },
    )

    it('[S23] ends every call with an answer or as unavailable where the server is slow', {
      timeout: 120_000,
    }, async () => {
      await withProxy(server, async (store, proxy) => {
        await fill(store)
        proxy.set({ delayMs: 900 })
        const calls = Object.values(everyCall(store))
        const outcomes = await Promise.all(calls.map(outcomeOf))
        for (const outcome of outcomes) expect(['answered', 'unavailable']).toContain(outcome)
        proxy.set(undefined)
        for (const call of Object.values(everyCall(store))) await repeat(call)
        expectWhole(await repeat(() => readAll(store, room('r'))))
      })
    })

    it('[S3] keeps one copy of what is repeated because its answer was lost', {
      timeout: 120_000,
    }, async () => {
      await withProxy(server, async (store, proxy, database) => {
        await hire(store, ['mia', 'max'])
        const drafts = range(1, 12).map((n) => draft({ author: `ann ${n % 3}`, message_data: `${n}` }))
        await store.streams.append(room('r'), drafts.slice(-2))
        const requests = {
          topic: newTopic('billing'),
          manager: newLineManager('moe'),
          tickets: range(1, 6).map(() => newTicket()),
          call: newCall(),
        }
        const sendAll = (): (() => Promise<unknown>)[] => [
          ...drafts.map((one) => () => store.streams.append(room('r'), [one])),
          () => store.topics.create(requests.topic),
          () => store.lineManagers.create(requests.manager),
          ...requests.tickets.map((one) => () => store.tickets.create(one)),
          () => store.calls.create(requests.call),
        ]
        proxy.set(losesWrites)
        const outcomes = await Promise.all(sendAll().map(outcomeOf))
        expect(new Set(outcomes)).toEqual(new Set(['unavailable']))
        // All of it has happened, so that there is something to be found again.
        const stored = await countAll(database)
        expect(stored).toMatchObject({ topics: 1, line_managers: 3, calls: 1 })
        expect(stored.entries).toBeGreaterThan(2)
        expect(stored.tickets).toBeGreaterThan(0)
        proxy.set(undefined)
        await Promise.all(sendAll().map(repeat))
        const first = await repeat(() => store.streams.append(room('r'), drafts))
        const second = await repeat(() => store.streams.append(room('r'), drafts))
        expect(first.appended.map((one) => placedOf(one).created)).toEqual(drafts.map(() => false))
        expect(second).toEqual(first)
        expectWhole(await repeat(() => readAll(store, room('r'))), drafts.length)
        expect(await countAll(database)).toEqual({
          entries: drafts.length,
          topics: 1,
          line_managers: 3,
          tickets: requests.tickets.length,
          calls: 1,
        })
        const managers = await repeat(() => store.lineManagers.list('acme'))
        expect(sum(managers.map(({ ticket_count }) => ticket_count))).toBe(requests.tickets.length)
      })
    })

    it('[S17] closes once, and reports the same closing, where the answer was lost', {
      timeout: 120_000,
    }, async () => {
      await withProxy(server, async (store, proxy) => {
        await hire(store, ['mia', 'max', 'moe'])
        const { _id } = rowOf(await store.tickets.create(newTicket()))
        proxy.set(losesWrites)
        expect(await outcomeOf(() => store.tickets.close('acme', _id, 'mia'))).toBe('unavailable')
        proxy.set(undefined)
        for (const by of ['max', 'mia']) {
          const closed = await repeat(() => store.tickets.close('acme', _id, by))
          expect(closed).toMatchObject({ closed_now: false, closing: { by: 'mia', count: 1 } })
        }
        await expectSpread(store, 0)
      })
    })

    it('[S1] leaves no hole in a stream whose appends are cut off again and again', {
      timeout: 120_000,
    }, async () => {
      await withProxy(server, async (store, proxy) => {
        const acknowledged = new Set<string>()
        let isOver = false
        const sending = range(1, 6).map(async (author) => {
          while (!isOver) {
            const one = draft({ author: `${author}` })
            await repeat(() => store.streams.append(room('r'), [one]))
            acknowledged.add(one.cid)
          }
        })
        for (const fault of ['refuses', 'loses answers', 'refuses', 'loses answers', 'refuses'] as const) {
          await new Promise((resolve) => setTimeout(resolve, 300))
          proxy.set(fault)
          await new Promise((resolve) => setTimeout(resolve, 300))
          proxy.set(undefined)
        }
        isOver = true
        await Promise.all(sending)
        const all = await repeat(() => readAll(store, room('r')))
        expectWhole(all)
        const stored = new Set(all.map(({ cid }) => cid))
        expect(acknowledged.size).toBeGreaterThan(0)
        expect([...acknowledged].filter((cid) => !stored.has(cid))).toEqual([])
      })
    })

    it('[MF2] [MF6] asks for a majority and its journals with every write, reads what a majority has from the primary, and names shards', {
      timeout: 120_000,
    }, async () => {
      const proxy = await startMongoProxy(server)
      const commands: WireCommand[] = []
      // What a URL says of it is not used.
      const careless = 'w=1&journal=false&readConcernLevel=local&readPreference=secondaryPreferred'
      const url = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true&${careless}`
      try {
        await withStore(
          () => mongoStore({ url, database: newDatabase(), deadlineMs: 30_000 }),
          async (store) => {
            await fill(store)
            proxy.watch((command) => {
              // The driver may open another connection at any time.
              if (!isHello(command.name)) commands.push(command)
            })
            const node = randomUUID()
            for (const [name, call] of Object.entries({
              ...everyCall(store),
              'nodes.beat': () => store.nodes?.beat(node),
              'nodes.list': () => store.nodes?.list(),
              'nodes.remove': () => store.nodes?.remove([node]),
            })) {
              const before = commands.length
              await call()
              const sent = commands.slice(before)
              if (!unasked.includes(name)) expect(sent.length, name).toBeGreaterThan(0)
              for (const one of sent) {
                expectConcerns(name, one, isReplicated)
                expectRouted(name, one)
              }
            }
          },
        )
      } finally {
        proxy.close()
      }
      const kinds = new Set(commands.map(({ name }) => name))
      for (const kind of ['insert', 'update', 'delete', 'findAndModify', 'find', 'aggregate'])
        expect(kinds).toContain(kind)
    })

    it('[S24] refuses calls once it is closed, and lets those end that are under way', async () => {
      const store = await mongoStore({ url: server.url, database: newDatabase(), deadlineMs: 30_000 })
      const appended = store.streams.append(room('r'), [draft()])
      const closed = [store.close(), store.close()]
      await expect(store.topics.list('acme')).rejects.toThrow(StoreUnavailableError)
      expect(await appended).toHaveProperty('epoch')
      await Promise.all(closed)
    })

    async function countAll(database: string): Promise<Record<string, number>> {
      const client = new MongoClient(server.url)
      const counts: Record<string, number> = {}
      for (const name of ['entries', 'topics', 'line_managers', 'tickets', 'calls'])
        counts[name] = await client.db(database).collection(name).countDocuments()
      await client.close()
      return counts
    }
  })
})
