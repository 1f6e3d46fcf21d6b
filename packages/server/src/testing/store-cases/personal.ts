import { isMessage } from '@dowellchat/protocol'
import type { PersonalRow } from '../../stores/personal-data.ts'
import { type Collection, collections } from '../../stores/portable.ts'
import type { NewShareLink, Store } from '../../stores/store.ts'
import { newCannedAnswer } from './canned-answers.ts'
import { expectSame, expectTrue } from './checks.ts'
import { newNote } from './deliveries.ts'
import {
  annPhone,
  ask,
  draft,
  drafts,
  newAuditEntry,
  newCall,
  newKey,
  newLineManager,
  newReport,
  newTopic,
  newUpload,
  range,
  readEntries,
  room,
  rowOf,
} from './making.ts'
import { by, muteOf, newRoom } from './rooms.ts'
import { newShareLink } from './share-links.ts'
import { oneStore, reopened, type StoreCase } from './store-case.ts'

const canary = 'ann-canary'
const replacement = 'erased:of-ann'
/** They say nothing of anybody by themselves. */
const ofNobody: readonly Collection[] = ['streams', 'threads', 'meta_settings']

export const personalCases: readonly StoreCase[] = [
  oneStore('[PD6] says of every table what it has', async (store) => {
    await fill(store, 'acme', 1)
    const tables = await store.personal.tables()
    const unknown = tables.filter(({ of }) => of === null).map(({ name }) => name)
    expectSame(unknown, [], 'Every table belongs to a collection, which is moved, exported and erased')
    const without = collections.filter((name) => !tables.some(({ of }) => of === name))
    expectSame(without, [], 'Every collection has a table')
  }),

  oneStore('[PD1] finds everything of a person, in every collection, and of nobody else', async (store) => {
    await fill(store, 'acme')
    await fill(store, 'other', 1)
    const rows = await readAll(store, 'acme')
    const found = new Set(rows.map(({ collection }) => collection))
    const names = collections.filter((name) => !ofNobody.includes(name))
    const without = names.filter((name) => !found.has(name))
    expectSame(without, [], 'Every collection that knows of people is searched')
    const ids = rows.map((one) => JSON.stringify(one))
    expectSame(new Set(ids).size, ids.length, 'Each row is found once')
    expectTrue(
      ids.every((text) => text.includes(canary)),
      'What is found is about the person',
      ids.find((text) => !text.includes(canary)),
    )
    const messages = rows.filter(({ collection }) => collection === 'entries')
    expectSame(messages.length, 400, 'However much there is of a person, all of it is found')
    expectSame(await readAll(store, 'acme', ['nobody']), [], 'There is nothing of somebody unknown')
  }),

  oneStore('[PD2] erases a person everywhere, and changes nothing of others', async (store) => {
    await fill(store, 'acme')
    await fill(store, 'other', 1)
    const [bens, others] = [await readAll(store, 'acme', ['ben']), await readAll(store, 'other')]
    await erase(store, 'acme')
    expectSame(await readAll(store, 'acme'), [], 'Nothing of an erased person is found')
    expectSame(textsWith(await readAll(store, 'acme', ['ben'])), [], 'Rows of others do not name the person')
    expectSame(
      (await readAll(store, 'acme', ['ben'])).filter(isBensOwn),
      bens.filter(isBensOwn),
      'What is of others alone stays as it is',
    )
    expectSame(await readAll(store, 'other'), others, 'Another workspace keeps what it has')
    const entries = await readEntries(store, room('r'))
    const seqs = entries.map(({ seq }) => seq)
    expectSame(seqs, range(1, seqs.length), 'The messages keep their places')
    const left = entries.filter((entry) => isMessage(entry) && entry.kind === 'text')
    expectSame(left.length, 1, 'Messages of others stay')
    const managers = await store.lineManagers.list('acme')
    expectSame(
      managers.map(({ user_id, is_active }) => [user_id, is_active]).toSorted(),
      [
        ['ben', true],
        [replacement, false],
      ],
      'A line manager who was erased gets no more tickets',
    )
    expectSame(await store.personal.settle(), true, 'A store settles what was erased')
  }),

  oneStore('[PD2] leaves nothing of what a customer has written into their ticket', async (store) => {
    const mine = { user_id: canary, display_name: canary, subject: canary, first_text: canary }
    const { _id } = await ask(store, mine)
    await store.tickets.close('acme', _id, 'ben')
    const rating = { score: 1, comment: canary, rated_at: new Date().toISOString() }
    await store.tickets.update('acme', _id, { rating, tags: ['late'] })
    await erase(store, 'acme')
    const left = await store.tickets.get('acme', _id)
    expectSame(
      [left?.user_id, left?.display_name, left?.subject, left?.rating, left?.tags],
      [replacement, null, null, { ...rating, comment: null }, ['late']],
      'Names and texts of the customer are gone, figures and what the team has noted stay',
    )
    expectSame(await store.tickets.firstText('acme', _id), null, 'A first message is not sent any more')
  }),

  oneStore('[PD2] lets the tickets of a line manager who is erased be handed back', async (store) => {
    await store.lineManagers.create(newLineManager(canary))
    const { _id, line_manager } = await ask(store)
    expectSame(line_manager, canary, 'They have a ticket')
    await erase(store, 'acme')
    const absent = await store.lineManagers.absent(new Date().toISOString(), 9)
    expectSame(
      absent.map(({ user_id }) => user_id),
      [replacement],
      'They are away',
    )
    const back = await store.tickets.handBack('acme', replacement, { limit: 9 })
    expectSame(
      back.map((one) => [one._id, one.state]),
      [[_id, 'waiting']],
      'and what they had goes back to the line',
    )
  }),

  oneStore('[PD2] erases a person who has come back, under the same ids and cids', async (store) => {
    for (const turn of ['first', 'again']) {
      await fill(store, 'acme', 1)
      await fillAlike(store, turn)
      await erase(store, 'acme')
      expectSame(await readAll(store, 'acme'), [], `Nothing of the person is left (${turn})`)
    }
    const { rooms } = await store.rooms.list('acme', { user_ids: ['ben'], limit: 99 })
    const direct = rooms.filter(({ kind }) => kind === 'direct')
    const { found } = await store.rooms.memberships(
      'acme',
      direct.map(({ _id }) => _id),
      ['ben'],
    )
    expectSame(
      found.map(({ peers }) => peers),
      direct.map(() => ['ben', replacement]),
      'The other one keeps each direct room, which is of two people',
    )
    const managers = await store.lineManagers.list('acme')
    const left = managers.filter(({ user_id }) => user_id === replacement)
    expectSame(left.length, 1, 'A line manager who was erased is one row')
  }),

  reopened(
    '[PD2] goes on erasing after a restart, from anywhere',
    async (store) => {
      await fill(store, 'acme')
      const { rows, next } = await store.personal.read('acme', [canary], null)
      await eraseRows(store, 'acme', rows)
      const later = await store.personal.read('acme', [canary], next)
      // As if the process had been killed before the rest of this page.
      await eraseRows(store, 'acme', later.rows.slice(0, 3))
      return next
    },
    async (store, next) => {
      await erase(store, 'acme', next)
      expectSame(await readAll(store, 'acme'), [], 'Nothing is left out')
    },
  ),

  oneStore('[TL12] takes people out of what says what happened to a ticket', async (store) => {
    const key = { workspace_id: 'acme', stream: 'ticket:1' }
    const told = { kind: 'transferred', author: 'ben', ticket_id: '1', product: 'billing' } as const
    const facts = [
      {
        fact: { line_manager: canary, from: 'ben', reason: 'Busy' },
        message_data: `Passed on to ${canary}: Busy`,
      },
      { fact: { line_manager: 'ben', from: canary }, message_data: 'Passed on to Ben' },
      { fact: { line_manager: 'ben', from: 'zoe' }, message_data: 'Passed on to Ben' },
    ]
    await store.streams.append(
      key,
      facts.map((one) => draft({ ...told, ...one })),
    )
    const found = (await readAll(store, 'acme')).flatMap((one) =>
      one.collection === 'entries' ? one.row.seq : [],
    )
    expectSame(found, [1, 2], 'A person is found in the facts that name them')
    await store.streams.forget(key, found, { [canary]: replacement })
    const left = (await readEntries(store, key)).filter(isMessage)
    expectSame(
      left.map(({ fact, message_data }) => ({ fact, message_data })),
      [
        { fact: { ...facts[0]?.fact, line_manager: replacement }, message_data: 'Passed on: Busy' },
        { fact: { ...facts[1]?.fact, from: replacement }, message_data: 'Passed on to Ben' },
        facts[2],
      ],
      'What is left names somebody else, and no name',
    )
    await store.streams.remove(key, { targets: [3], reason: 'erased' })
    const removed = (await readEntries(store, key)).filter(isMessage).at(2)
    expectSame([removed?.kind, removed?.fact], ['removed', undefined], 'A removed one says nothing')
  }),
]

/** Everything that a store can have of a person. */
async function fill(store: Store, workspace_id: string, inRoomS = 251): Promise<void> {
  const mine = { workspace_id, user_id: canary }
  await store.streams.append(room('r', workspace_id), drafts(149, { author: canary, display_name: canary }))
  await store.streams.append(room('r', workspace_id), [draft({ author: 'ben', message_data: 'of ben' })])
  await store.streams.append(
    room('s', workspace_id),
    drafts(inRoomS, { author: canary, message_data: canary }),
  )
  await store.topics.create(newTopic('billing', mine))
  for (const user_id of [canary, 'ben'])
    await store.lineManagers.create(newLineManager(user_id, { workspace_id }))
  const ticket = await ask(store, { ...mine, display_name: canary })
  await ask(store, { workspace_id, user_id: 'ben' })
  await store.tickets.close(workspace_id, ticket._id, canary)
  const caller = { ...annPhone, user_id: canary }
  rowOf(await store.calls.create(newCall({ workspace_id, caller, from: canary })))
  rowOf(await store.rooms.create(newRoom({ ...mine, members: ['ben'] })))
  rowOf(await store.rooms.create(newRoom({ ...mine, kind: 'direct', members: ['ben'] })))
  const bens = rowOf(await store.rooms.create(newRoom({ workspace_id, user_id: 'ben', members: [canary] })))
  await store.rooms.change(workspace_id, bens._id, { ...muteOf(canary), ...by('ben') })
  const left = rowOf(await store.rooms.create(newRoom({ workspace_id, user_id: 'ben', members: [canary] })))
  const open = { created_by: 'ben', cid: 'open', fingerprint: '', expires_at: '9999', uses: 9 }
  await store.rooms.change(workspace_id, left._id, { type: 'invite', invite: open, ...by('ben') })
  await store.rooms.change(workspace_id, left._id, { type: 'remove', user_ids: [canary], ...by('ben') })
  await store.rooms.pace(workspace_id, { room: bens._id, user_id: canary, cid: 'cid', every_ms: 60_000 })
  await store.reports.create(newReport({ workspace_id, reported_by: 'ben', user_id: canary, reason: 'x' }))
  await store.reports.create(newReport({ workspace_id, reported_by: canary, reason: canary }))
  await store.keys.create(newKey({ workspace_id, created_by: canary }))
  await store.cannedAnswers.create(newCannedAnswer({ workspace_id, created_by: canary }))
  await fillLinks(store, workspace_id)
  await store.audit.append(workspace_id, [newAuditEntry({ by: canary, object: canary, user_id: 'ben' })])
  const at = new Date().toISOString()
  await store.users.see(workspace_id, [{ user_id: canary, name: canary, picture: null, at }])
  await store.aliases.create(workspace_id, 'guest:1', canary)
  await store.blocks.create(workspace_id, canary, 'ben')
  await store.uploads.create(newUpload({ ...mine, name: canary }))
  await store.readers.enter(workspace_id, [{ user_ids: [canary], stream: room('r').stream, at }])
  const event_text = JSON.stringify({ user_id: canary, caller: 'ben', call: 'cid', at })
  await store.deliveries.note(workspace_id, [newNote({ stream: 'missed:1', event_text })])
  const told = { consumer: 'hook', stream: room('r').stream, user_id: canary, nth: 1, at }
  // Somebody was told whose call they have missed.
  const missed = { ...told, stream: `call:${canary}`, user_id: 'ben' }
  await store.deliveries.tell(workspace_id, [told, missed])
  await store.revocations.revoke(workspace_id, { user_id: canary, revoked_before: new Date().toISOString() })
}

/** What the person makes anew under one cid, and tickets of theirs and with them that stay open. */
async function fillAlike(store: Store, title: string): Promise<void> {
  const mine = { user_id: canary, cid: 'mine' }
  const made = { created_by: canary, cid: 'mine' }
  await store.topics.create(newTopic(title, mine))
  rowOf(await store.lineManagers.create(newLineManager(`mia ${title}`, made)))
  rowOf(await store.rooms.create(newRoom(mine)))
  rowOf(await store.cannedAnswers.create(newCannedAnswer({ title, ...made })))
  rowOf(await store.shareLinks.create(newShareLink(made)))
  await ask(store, { ...mine, most_open: 99 })
  const { _id } = await ask(store)
  await store.tickets.move('acme', _id, { kind: 'take', line_manager: canary, cid: 'mine' }, canary)
}

/** A link that the person has made, one that they have used, and one that has a place for them. */
async function fillLinks({ shareLinks }: Store, workspace_id: string): Promise<void> {
  const make = async (change: Partial<NewShareLink>) =>
    rowOf(await shareLinks.create(newShareLink({ workspace_id, created_by: 'ben', ...change })))
  await make({ created_by: canary })
  const used = await make({ usernames: [canary, 'ben'] })
  await shareLinks.use(workspace_id, used.link_id, 'billing', 'cid')
  await make({ usernames: ['ben', canary] })
}

async function readAll(store: Store, workspaceId: string, userIds = [canary]): Promise<PersonalRow[]> {
  const all: PersonalRow[] = []
  for (let from: string | null = null; ; ) {
    const { rows, next } = await store.personal.read(workspaceId, userIds, from)
    all.push(...rows)
    if (next === null) return all
    from = next
  }
}

async function erase(store: Store, workspaceId: string, start: string | null = null): Promise<void> {
  for (let from = start; ; ) {
    const { rows, next } = await store.personal.read(workspaceId, [canary], from)
    await eraseRows(store, workspaceId, rows)
    if (next === null) return
    from = next
  }
}

async function eraseRows(store: Store, workspace_id: string, rows: readonly PersonalRow[]): Promise<void> {
  const seqsOf = (name: string) =>
    rows.flatMap(({ collection, row }) => (collection === 'entries' && row.stream === name ? row.seq : []))
  for (const { stream } of [room('r'), room('s')])
    await store.streams.remove({ workspace_id, stream }, { targets: seqsOf(stream), reason: 'erased' })
  const others = rows.filter(({ collection }) => collection !== 'entries')
  await store.personal.erase(workspace_id, others, { [canary]: replacement })
}

function isBensOwn({ collection }: PersonalRow): boolean {
  return collection === 'entries'
}

function textsWith(rows: readonly PersonalRow[]): string[] {
  return rows.map((one) => JSON.stringify(one)).filter((text) => text.includes(canary))
}
