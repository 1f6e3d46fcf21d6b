import { randomUUID } from 'node:crypto'
import type { Room } from '@dowellchat/protocol'
import type {
  ChangeContent,
  MessageTarget,
  NewUpload,
  SlowMessage,
  Store,
  StreamKey,
  UploadRow,
} from '../../stores/store.ts'
import { newCannedAnswer } from './canned-answers.ts'
import { expectSame } from './checks.ts'
import { newNote } from './deliveries.ts'
import { changeOtherLine, expectForeignLine, readLine } from './isolation-line.ts'
import {
  annPhone,
  answerBy,
  ask,
  benPhone,
  changeDraft,
  draft,
  ids,
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
  revocation,
  room,
  rowOf,
  zoePhone,
} from './making.ts'
import { appendAll, changed } from './message-changes.ts'
import { by, doneOf, inviteOf, newRoom } from './rooms.ts'
import { newShareLink } from './share-links.ts'
import { oneStore, type StoreCase } from './store-case.ts'
import { seen } from './users.ts'

/** A request for everything that can be created, under names and cids that other workspaces use too. */
function requests(workspace_id: string) {
  return {
    drafts: ['one', 'two'].map((cid) =>
      draft({ cid, message_data: `of ${workspace_id}`, mentioned: ['ben'] }),
    ),
    topic: newTopic('billing', { workspace_id, cid: 'topic' }),
    manager: newLineManager('mia', { workspace_id, cid: 'manager', capacity: 2 }),
    tickets: ['first', 'second', 'third'].map((cid) => newTicket({ workspace_id, cid, first_text: '{}' })),
    call: newCall({ workspace_id, cid: 'call' }),
    key: newKey({ workspace_id, cid: 'key', hash: 'hash' }),
    entry: newAuditEntry({ _id: `entry of ${workspace_id}` }),
    room: newRoom({ workspace_id, cid: 'room' }),
    direct: newRoom({ workspace_id, cid: 'direct', kind: 'direct' }),
    report: newReport({ workspace_id, cid: 'report' }),
    upload: newUpload({ workspace_id, cid: 'upload', name: `of ${workspace_id}` }),
  }
}

const keptRoom = { user_ids: ['ann'], stream: room('r').stream, most_pinned: 9 }

interface Made {
  readonly target: MessageTarget
  readonly tickets: readonly string[]
  readonly call: string
  readonly room: string
  readonly report: string
  readonly upload: string
  /** The ids of everything. */
  readonly all: readonly string[]
}

/** Fills a workspace: two messages, and of three tickets one that is closed and one that waits. */
async function fill(store: Store, workspace_id: string): Promise<Made> {
  const of = requests(workspace_id)
  const { appended } = await store.streams.append(room('r', workspace_id), of.drafts)
  await store.streams.open(room('empty', workspace_id))
  const target = await changeAll(store, workspace_id)
  const thread = { _id: threadOf(workspace_id), parent: room('r').stream, parent_seq: 1 }
  await store.threads.create(workspace_id, thread)
  const topic = rowOf(await store.topics.create(of.topic))
  const manager = rowOf(await store.lineManagers.create(of.manager))
  const call = rowOf(await store.calls.create(of.call))
  const key = rowOf(await store.keys.create(of.key))
  await store.audit.append(workspace_id, [of.entry])
  const rooms = [rowOf(await store.rooms.create(of.room)), rowOf(await store.rooms.create(of.direct))]
  const [{ _id: room1 }] = rooms as [Room]
  const report = rowOf(await store.reports.create(of.report))
  const answer = { workspace_id, title: 'Greeting', cid: 'cid of an answer', text: `Of ${workspace_id}` }
  await store.cannedAnswers.create(newCannedAnswer(answer))
  const link_id = `of ${workspace_id}`
  await store.shareLinks.create(
    newShareLink({ workspace_id, cid: 'cid of a link', link_id, usernames: ['zoe'] }),
  )
  await store.shareLinks.use(workspace_id, link_id, 'billing', 'used')
  await store.shareLinks.setMeta(workspace_id, { waiting_time: `Of ${workspace_id}`, operation_time: '' })
  const [upload, named] = await fillUploads(store, of.upload)
  await store.rooms.pace(workspace_id, pacedIn('~r'))
  const tickets: string[] = []
  for (const ticket of of.tickets) tickets.push(rowOf(await store.tickets.create(ticket))._id)
  await store.tickets.close(workspace_id, tickets[0] ?? '', 'mia')
  await store.users.see(workspace_id, [seen('ann', { name: `Ann of ${workspace_id}` })])
  const user = await store.users.update(workspace_id, seen('ben'), { name: `Ben of ${workspace_id}` })
  await store.users.set(workspace_id, seen('ann'), { status_text: `Of ${workspace_id}` })
  const { row: alias } = await store.aliases.create(workspace_id, 'guest:1', 'ann')
  const { row: block } = await store.blocks.create(workspace_id, 'ann', 'eve')
  await store.revocations.revoke(workspace_id, revocation())
  const at = '2026-01-01T00:00:00.000Z'
  const stream = room('r').stream
  await store.readers.enter(workspace_id, [{ user_ids: ['ann'], stream, at }])
  const mark = { user_ids: ['ben'], stream, nth: 1, seq: 1, at, is_listed: true }
  await store.readers.mark(workspace_id, [mark])
  await store.readers.keep(workspace_id, { ...keptRoom, change: { is_muted: true } })
  await store.deliveries.follow(workspace_id, 'hook', at)
  await store.deliveries.note(workspace_id, [newNote()])
  await store.deliveries.tell(workspace_id, [{ consumer: 'hook', stream, user_id: 'ann', nth: 1, at }])
  const messages = appended.map((one) => placedOf(one).placed)
  const all = [
    ...ids([
      topic,
      manager,
      call,
      key,
      ...(user ? [user] : []),
      alias,
      block,
      report,
      upload,
      named,
      ...rooms,
      ...messages,
    ]),
    ...tickets,
  ]
  return { tickets, call: call._id, room: room1, report: report._id, upload: upload._id, target, all }
}

/** An upload that waits for its bytes, and one that a message names. */
async function fillUploads(store: Store, made: NewUpload): Promise<[UploadRow, UploadRow]> {
  const upload = rowOf(await store.uploads.create(made))
  const named = rowOf(await store.uploads.create({ ...made, cid: 'named' }))
  await store.uploads.finish(made.workspace_id, named._id, made.due_at)
  await store.uploads.name(made.workspace_id, naming([named._id]))
  return [upload, named]
}

async function uploadsOf(store: Store, workspaceId: string): Promise<UploadRow[]> {
  const due = await store.uploads.due('9999-01-01T00:00:00.000Z')
  return due.flatMap(({ workspace_id, upload }) => (workspace_id === workspaceId ? upload : []))
}

const threads: readonly string[] = [randomUUID(), randomUUID()]

/** The id of a thread of a workspace, which the server makes: no two workspaces have the same. */
function threadOf(workspace_id: string): string {
  return threads[workspace_id === 'acme' ? 0 : 1] as string
}

function keyOfChanged(workspace_id: string): StreamKey {
  return room('changed', workspace_id)
}

/** Changes the message of a stream in each way; answers which one it is. */
async function changeAll(store: Store, workspace_id: string): Promise<MessageTarget> {
  const key = keyOfChanged(workspace_id)
  const [target] = (await appendAll(store, [draft({ cid: 'three' })], key)) as [MessageTarget]
  const contents: ChangeContent[] = [
    { change: 'edited', message_data: `edited in ${workspace_id}` },
    { change: 'reacted', reaction: workspace_id === 'acme' ? '👍' : '🎉' },
    { change: 'pinned' },
  ]
  for (const [at, content] of contents.entries())
    await changed(store, changeDraft(target, content, { cid: `change ${at}` }), key)
  return target
}

/** What changes have left of it. */
async function changesIn(store: Store, workspace_id: string, target: MessageTarget): Promise<object> {
  const key = keyOfChanged(workspace_id)
  return {
    message: await store.streams.message(key, 1),
    pinned: await store.streams.pinned(key),
    reactors: await store.streams.reactors(key, target, { reaction: '👍', limit: 9 }),
    versions: await store.streams.versions(key, target),
  }
}

/** Everything that can be read from a workspace under the names that `fill` uses. */
async function everything(store: Store, workspace_id: string): Promise<Record<string, unknown>> {
  const [key, empty] = [room('r', workspace_id), room('empty', workspace_id)]
  return {
    page: await store.streams.page(key, { newest: 50 }),
    before: await store.streams.page(key, { before: 2, limit: 50 }),
    opened: await store.streams.page(empty, { newest: 50 }),
    head: await store.streams.head(key),
    entries: await store.streams.entries(key, 0),
    grown: await store.streams.grown([{ ...key, seq: 1 }]),
    messages: await store.streams.messages(key, { entries: 50, bytes: 1e6 }),
    has: await store.streams.has(key, 'ann', 'one'),
    changed: await store.streams.entries(keyOfChanged(workspace_id), 0),
    changedMessage: await store.streams.message(keyOfChanged(workspace_id), 1),
    pinned: await store.streams.pinned(keyOfChanged(workspace_id)),
    mentions: await store.streams.mentionsAfter(key, ['ben'], 0),
    thread: await store.threads.get(workspace_id, threadOf(workspace_id)),
    threads: await store.threads.list(workspace_id, key.stream, threads),
    topic: await store.topics.get(workspace_id, 'billing'),
    topics: await store.topics.list(workspace_id),
    manager: await store.lineManagers.get(workspace_id, 'mia'),
    managers: await store.lineManagers.list(workspace_id),
    tickets: await store.tickets.list(workspace_id, { limit: 50 }),
    open: await store.tickets.listOpen(workspace_id, 'mia'),
    calls: await store.calls.listOpen(workspace_id, annPhone),
    callsOf: await store.calls.listOpenOf(workspace_id, 'ann'),
    history: await store.calls.history(workspace_id, ['ann'], { limit: 9 }),
    users: await store.users.get(workspace_id, ['ann', 'ben']),
    settings: await store.users.settings(workspace_id, ['ann', 'ben']),
    found: (await store.users.search(workspace_id, { text: 'ann', limit: 9 })).users,
    alias: await store.aliases.get(workspace_id, 'guest:1'),
    among: await store.aliases.among(workspace_id, ['guest:1']),
    aliases: await store.aliases.list(workspace_id, 'ann', { limit: 9 }),
    block: await store.blocks.get(workspace_id, 'ann', 'eve'),
    blockers: await store.blocks.blockers(workspace_id, ['ann'], ['eve']),
    pairs: await store.blocks.pairs(workspace_id, ['ann', 'eve']),
    blocks: await store.blocks.list(workspace_id, 'ann', { limit: 9 }),
    key: await store.keys.find(workspace_id, 'hash'),
    keys: (await store.keys.list(workspace_id, { limit: 50 })).keys,
    audit: (await store.audit.list(workspace_id, { limit: 50 })).entries,
    revoked: await store.revocations.get(workspace_id, 'ann'),
    reports: await store.reports.list(workspace_id, { limit: 9 }),
    answers: await store.cannedAnswers.list(workspace_id, { limit: 9 }),
    link: (await store.shareLinks.find(`of ${workspace_id}`))?.link,
    meta: await store.shareLinks.meta(workspace_id),
    uploads: await uploadsOf(store, workspace_id),
    rooms: await store.rooms.list(workspace_id, { user_ids: ['ann'], limit: 50 }),
    readers: await store.readers.get(workspace_id, ['ann'], key.stream),
    readerList: await store.readers.list(workspace_id, { user_ids: ['ann'], is_archived: false, limit: 50 }),
    readersOf: await store.readers.ofStream(workspace_id, key.stream, { limit: 50 }),
    ends: await store.streams.ends([{ ...key, mark: { nth: 1, seq: 1, user_ids: ['ben'] }, withLast: true }]),
    sharedRooms: await store.rooms.shared(workspace_id, ['ann'], ['ben', 'zoe']),
    followed: await store.deliveries.get(workspace_id, 'hook', ''),
    delivery: await store.deliveries.get(workspace_id, 'hook', key.stream),
    deliveries: await store.deliveries.list(workspace_id, { consumer: 'hook', after: '', limit: 9 }),
    told: await store.deliveries.told(workspace_id, 'hook', key.stream, ['ann']),
    names: await store.streams.names(workspace_id, '', 9),
    madeBefore: await store.streams.madeBefore(key, '9999-01-01T00:00:00.000Z'),
    personal: (await store.personal.read(workspace_id, ['ann'], null)).rows,
    waiting: await store.tickets.countWaiting(workspace_id),
    ...(await readLine(store, workspace_id)),
    sharedTickets: await store.tickets.shared(workspace_id, ['ann'], ['mia', 'zoe']),
  }
}

/** The first message of somebody in a room with slow mode. */
function pacedIn(room: string): SlowMessage {
  return { room, user_id: 'ann', cid: 'first', every_ms: 3_600_000 }
}

/** How many of everything there are. */
function sizes(read: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(read).map(([name, value]) => [name, sizeOf(value)]))
}

function sizeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length
  if (typeof value === 'string') return true
  if (typeof value !== 'object' || value === null) return value
  // Lists that have pages are objects with a list; a stream's page is a text.
  const list = Object.values(value).find(Array.isArray)
  return list?.length ?? true
}

export const isolationCases: readonly StoreCase[] = [
  oneStore('[S21] shows nothing of one workspace to another, whatever it asks for', async (store) => {
    const empty = await everything(store, 'other')
    const { tickets, call, room, report, upload, target } = await fill(store, 'acme')
    expectSame(
      await everything(store, 'other'),
      empty,
      "Another workspace's data cannot be read by its names",
    )
    for (const id of tickets) {
      const answers = [
        await store.tickets.get('other', id),
        await store.tickets.close('other', id, 'mia'),
        await store.tickets.getSome('other', [id]),
        (await store.tickets.list('other', { before: id, limit: 50 })).tickets,
      ]
      expectSame(
        answers,
        [null, null, [], []],
        "Another workspace's ticket is answered as if there were none",
      )
    }
    await expectForeignLine(store, tickets)
    expectSame(
      await changesIn(store, 'other', target),
      { message: null, pinned: '[]', reactors: null, versions: null },
      "Another workspace's message is as if there were none",
    )
    const seq = await store.streams.seqOf(keyOfChanged('other'), target.message_id)
    expectSame(seq, null, "Another workspace's message has no place")
    const thread = await store.threads.get('other', threadOf('acme'))
    expectSame(thread, null, "Another workspace's thread is as if there were none")
    const pinning = changeDraft(target, { change: 'unpinned' })
    const refusal = await store.streams.change(keyOfChanged('other'), pinning)
    expectSame('refused' in refusal && refusal.refused, 'not_found', 'It cannot be changed')
    const delivery = await store.deliveries.get('acme', 'hook', keptRoom.stream)
    const ofDelivery = delivery && [
      await store.deliveries.settle('other', delivery, { seq: 9 }),
      await store.deliveries.remove('other', delivery),
    ]
    expectSame(ofDelivery, [null, false], "Another workspace's delivery is as if there were none")
    const ofReport = [
      await store.reports.get('other', report),
      await store.reports.resolve('other', report, { by: 'root', text: null }),
      await store.rooms.pace('other', { ...pacedIn('~r'), cid: 'second' }),
    ]
    expectSame(ofReport, [null, null, 0], "Another workspace's report is as if there were none")
    const ofUpload = [
      await store.uploads.get('other', upload),
      await store.uploads.finish('other', upload, '2026-01-01T00:00:00.000Z'),
      await store.uploads.name('other', naming([upload])),
    ]
    const refused = { refused: 'missing', upload_id: upload }
    expectSame(ofUpload, [null, null, refused], "Another workspace's upload is as if there were none")
    const ofRoom = [
      await store.rooms.get('other', room),
      await store.rooms.membership('other', room, ['ann']),
      (await store.rooms.memberships('other', [room], ['ann'])).found,
      await store.rooms.members('other', room, { limit: 9 }),
      await store.rooms.memberIds('other', room),
      (await store.rooms.list('other', { user_ids: ['ann'], before: room, limit: 9 })).rooms,
    ]
    expectSame(ofRoom, [null, null, [], null, [], []], "Another workspace's room is as if there were none")
    const update = await store.rooms.change('other', room, { type: 'update', title: 'x', ...by('ann') })
    expectSame('refused' in update && update.refused, 'not_found', "Another workspace's room is not found")
    const change = await store.calls.transition('other', call, answerBy(benPhone))
    expectSame('refused' in change && change.refused, 'not_found', "Another workspace's call is not found")
    const ofCall = await store.calls.get('other', call)
    expectSame(ofCall, null, "Another workspace's call is as if there were none")
    const isTaken = await store.calls.takeOver('other', call, 'server-1', 'server-2')
    expectSame(isTaken, false, "Another workspace's call cannot be taken over")
    const unknown = await store.calls.transition('other', 'unknown', answerBy(benPhone))
    expectSame(change, unknown, "Another workspace's call is answered as if there were none")
  }),

  oneStore('[S21] lets two workspaces use the same names and cids, each for its own', async (store) => {
    const acme = await fill(store, 'acme')
    const before = await everything(store, 'acme')
    const other = await fill(store, 'other')
    expectSame(
      await everything(store, 'acme'),
      before,
      'What is made in one workspace changes nothing in another',
    )
    const shared = acme.all.filter((id) => other.all.includes(id))
    expectSame(shared, [], 'What is made in one workspace is not what another has')
    const ofOther = await everything(store, 'other')
    expectSame(sizes(ofOther), sizes(before), 'What is made in a workspace is there')
    const texts = JSON.stringify(ofOther.messages)
    const found = [texts.includes('of other'), texts.includes('of acme')]
    expectSame(found, [true, false], 'Messages stay in their workspace')
    const epochs = [before.entries, ofOther.entries].map((read) => (read as { epoch: string }).epoch)
    expectSame(
      epochs[0] === epochs[1],
      false,
      'Streams of one name in two workspaces have epochs of their own',
    )
  }),

  oneStore('[S21] changes nothing of one workspace by what another does', async (store) => {
    const acme = await fill(store, 'acme')
    const other = await fill(store, 'other')
    const before = await everything(store, 'acme')
    const changes = await changesIn(store, 'acme', acme.target)
    await store.tickets.assignWaiting('other')
    await store.tickets.close('other', other.tickets[1] ?? '', 'mia')
    const [served, waiting] = [
      await ask(store, { workspace_id: 'other', user_id: 'zoe' }),
      await ask(store, { workspace_id: 'other', user_id: 'zoe' }),
    ]
    const to = [served.line_manager, waiting.line_manager]
    expectSame(to, ['mia', null], "A line manager's slots are those of their workspace")
    const open = await store.tickets.listOpen('other', 'mia')
    for (const { _id } of open) await store.tickets.close('other', _id, 'mia')
    const { tickets: given } = await store.tickets.assignWaiting('other')
    expectSame(
      ids(given).filter((id) => acme.all.includes(id)),
      [],
      'A waiting ticket is given in its workspace',
    )
    await store.streams.append(room('r', 'other'), [draft()])
    await store.topics.create(newTopic('delivery', { workspace_id: 'other' }))
    await store.lineManagers.create(newLineManager('max', { workspace_id: 'other', positions_in_a_line: 0 }))
    await changeOtherLine(store, acme.tickets)
    const call = rowOf(await store.calls.create(newCall({ workspace_id: 'other', caller: zoePhone })))
    await store.calls.transition('other', call._id, { type: 'end', device: benPhone })
    const { rows } = await store.personal.read('acme', ['ann'], null)
    await store.personal.erase('other', rows, { ann: 'erased:of-ann' })
    await store.blocks.remove('other', 'ann', 'eve')
    await store.blocks.create('other', 'ann', 'eve')
    await store.blocks.removeAll('other', 'ann')
    await store.aliases.removeAll('other', 'ann')
    await store.users.left('other', [{ user_id: 'ann', at: '9999-01-01T00:00:00.000Z' }])
    await store.users.remove('other', 'ann')
    await store.reports.forgetMessage('other', acme.report)
    const [answer] = await store.cannedAnswers.list('acme', { limit: 1 })
    await store.cannedAnswers.update('other', answer?._id ?? '', { text: 'x' })
    await store.cannedAnswers.remove('other', answer?._id ?? '')
    const used = await store.shareLinks.use('other', 'of acme', 'billing', 'cid')
    expectSame(used, null, "Another workspace's link is as if there were none")
    await store.shareLinks.use('other', 'of other', 'billing', 'cid')
    const taken = { link_id: 'of acme', user_id: 'zoe', product: 'billing', cid: 'used' }
    await store.shareLinks.giveBack('other', taken)
    await store.shareLinks.setMeta('other', { waiting_time: '1', operation_time: '2' })
    const [mine] = await uploadsOf(store, 'acme')
    await store.uploads.cancel('other', acme.upload, ['ann'], '2026-01-01T00:00:00.000Z')
    await store.uploads.expire('other', '9999-01-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z')
    if (mine) await store.uploads.decide('other', mine, null)
    await store.uploads.forgetDays('other', '9999-01-01')
    const made = rowOf(await store.rooms.create(newRoom({ workspace_id: 'other' })))
    doneOf(await store.rooms.change('other', made._id, inviteOf(1)))
    doneOf(await store.rooms.change('other', made._id, { type: 'close', ...by('ann') }))
    await store.readers.keep('other', { ...keptRoom, change: { is_pinned: true, is_muted: false } })
    const stream = room('r').stream
    await store.readers.move('other', { stream, active_at: '2027-01-01T00:00:00.000Z', limit: 9 })
    await store.readers.mark('other', [
      { user_ids: ['ann'], stream, nth: 99, seq: 99, at: '2027-01-01T00:00:00.000Z', is_listed: true },
    ])
    await store.readers.enter('other', [{ user_ids: ['zoe'], stream, at: '2027-01-01T00:00:00.000Z' }])
    await store.readers.remove('other', stream, ['ben'])
    await store.deliveries.note('other', [newNote({ head: 9 }), newNote({ stream: 'room:x' })])
    const delivery = await store.deliveries.get('other', 'hook', stream)
    if (delivery) await store.deliveries.settle('other', delivery, { seq: 9, due_at: null })
    const once = await store.deliveries.get('other', 'hook', 'room:x')
    if (once) await store.deliveries.remove('other', once)
    const told = { consumer: 'hook', stream, user_id: 'ann', nth: 9, at: '2027-01-01T00:00:00.000Z' }
    await store.deliveries.tell('other', [told])
    await store.streams.remove(room('r', 'other'), { targets: [1, 2], reason: 'erased' })
    await store.streams.forget(keyOfChanged('other'), [1, 2, 3, 4], { ann: 'erased:of-ann' })
    await changed(store, changeDraft(other.target, { change: 'unpinned' }), keyOfChanged('other'))
    await store.streams.prune('other', '9999-01-01T00:00:00.000Z', null)
    expectSame(await changesIn(store, 'acme', acme.target), changes, 'Nor anything that changes have left')
    expectSame(
      await everything(store, 'acme'),
      before,
      'What happens in one workspace changes nothing in another',
    )
  }),

  oneStore('[S21] removes no threads of one workspace for another', async (store) => {
    const key = room('gone')
    const thread = { _id: threadOf('acme'), parent: key.stream, parent_seq: 1 }
    await store.streams.append(key, [draft()])
    await store.threads.create('acme', thread)
    await store.streams.prune('acme', '9999-01-01T00:00:00.000Z', null)
    const { removed } = await store.threads.prune('other', null)
    expectSame(removed, 0, 'The other workspace has none')
    expectSame((await store.threads.get('acme', thread._id))?._id, thread._id, 'The thread is there')
    expectSame((await store.threads.prune('acme', null)).removed, 1, 'Its own workspace removes it')
  }),
]
