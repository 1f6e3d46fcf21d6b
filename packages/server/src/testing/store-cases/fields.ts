import type { AuditEntry, Ticket } from '@dowellchat/protocol'
import { aliasFields } from '../../stores/fields/aliases.ts'
import { auditFields } from '../../stores/fields/audit.ts'
import { blockFields } from '../../stores/fields/blocks.ts'
import { callFields } from '../../stores/fields/calls.ts'
import { cannedAnswerFields } from '../../stores/fields/canned-answers.ts'
import { type AnyFields, namesOf } from '../../stores/fields/field.ts'
import { keyFields } from '../../stores/fields/keys.ts'
import { lineManagerFields } from '../../stores/fields/line-managers.ts'
import { reportFields } from '../../stores/fields/reports.ts'
import { metaSettingFields, shareLinkFields } from '../../stores/fields/share-links.ts'
import { threadFields } from '../../stores/fields/threads.ts'
import { ticketFields } from '../../stores/fields/tickets.ts'
import { topicFields } from '../../stores/fields/topics.ts'
import { userFields } from '../../stores/fields/users.ts'
import type {
  NewCall,
  NewCannedAnswer,
  NewKey,
  NewLineManager,
  NewReport,
  NewShareLink,
  NewTicket,
  NewTopic,
  Store,
  TicketChange,
  TopicChange,
} from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import {
  annPhone,
  answerBy,
  benPhone,
  benTablet,
  callOf,
  newKey,
  newTicket,
  reportedMessage,
  rowOf,
} from './making.ts'
import { movedOf } from './moves.ts'
import { oneStore, type StoreCase } from './store-case.ts'
import { seen } from './users.ts'

/** A request with every field set, so that a case notices a field that a driver loses. */
type Full<Request> = { readonly [K in keyof Required<Request>]: NonNullable<Request[K]> }

const asSent = { workspace_id: 'acme', fingerprint: 'as sent', client_created_at: '2026-01-02T03:04:05.678Z' }

const topic: Full<NewTopic> = { ...asSent, cid: 'cid of a topic', user_id: 'root', name: 'billing', most: 10 }

const settings = {
  title: 'Bills',
  strategy: 'round_robin',
  hours: { time_zone: 'Europe/Berlin', days: [] } as never,
  away_text: 'Later',
  targets: { first_answer: 30, solved: 60 },
} as const satisfies TopicChange

const lineManager: Full<NewLineManager> = {
  ...asSent,
  cid: 'cid of a manager',
  user_id: 'mia',
  created_by: 'root',
  positions_in_a_line: 3,
  average_serving_time: 2.5,
  capacity: 1,
  is_unmanaged: false,
  most: 10,
}

const ticket: Full<NewTicket> = {
  ...asSent,
  cid: 'cid of a ticket',
  user_id: 'ann',
  display_name: 'Ann',
  product: 'billing',
  earlier_ids: ['guest:1'],
  most_open: 10,
  most_guests_open: 100,
  metadata: { 'a.b': { $c: [null] } },
  subject: 'A question',
  waits: false,
  first_text: '{}',
}

const call: Full<Omit<NewCall, 'unreached'>> = {
  workspace_id: 'acme',
  cid: 'cid of a call',
  fingerprint: 'as sent',
  caller: annPhone,
  callee_devices: [benPhone, benTablet],
  owner: 'server-1',
  from: 'ann',
  media: 'audio',
  ticket_id: 'ticket',
  most_ringing: 3,
}

const key: Full<NewKey> = {
  workspace_id: 'acme',
  cid: 'cid of a key',
  fingerprint: 'as sent',
  hash: 'hash',
  kind: 'server',
  name: 'shop',
  prefix: 'dck_abcd',
  scopes: ['keys', 'erase'],
  created_by: 'root',
  expires_at: '2099-01-02T03:04:05.678Z',
}

const report: Full<NewReport> = {
  workspace_id: 'acme',
  cid: 'cid of a report',
  fingerprint: 'as sent',
  reported_by: 'ann',
  user_id: 'ben',
  stream: 'room:r',
  seq: 1,
  message: reportedMessage(),
  reason: 'Insults',
  most_open: 3,
  most_guests_open: 100,
}

const cannedAnswer: Full<NewCannedAnswer> = {
  workspace_id: 'acme',
  cid: 'cid of an answer',
  fingerprint: 'as sent',
  created_by: 'mia',
  title: 'Greeting',
  text: 'Hello {{customer}}',
  product: 'billing',
  most: 3,
}

const shareLink: Full<NewShareLink> = {
  workspace_id: 'acme',
  cid: 'cid of a link',
  fingerprint: 'as sent',
  created_by: 'mia',
  link_id: '12345678901234567890',
  number_of_links: 2,
  product_distribution: { billing: 2 },
  usernames: ['ann', 'ben'],
  link: 'https://example.org/?link_id=12345678901234567890',
}

const entry: Full<AuditEntry> = {
  _id: 'entry',
  at: '2026-01-02T03:04:05.678Z',
  act: 'close_ticket',
  by: 'root',
  key_id: 'key',
  address: '192.0.2.1',
  object: 'ticket',
  user_id: 'ann',
  result: 'ok',
  count: 2,
}

/** Throws unless an entity has every field of its table, and those of its request with the requested value. */
function expectFields(
  fields: AnyFields,
  what: string,
  entity: object | null | undefined,
  request: object,
): void {
  const [found, wanted] = [new Map(Object.entries(entity ?? {})), new Map(Object.entries(request))]
  for (const name of namesOf(fields, 'entity')) {
    expectTrue(found.get(name) !== undefined, `${what} has its ${name}`, entity)
    if (wanted.has(name)) expectSame(found.get(name), wanted.get(name), `${what} keeps its ${name}`)
  }
}

/** Throws if a field is null: at the end of an entity's life none is. */
function expectNoNull(fields: AnyFields, what: string, entity: object | null | undefined): void {
  const found = new Map(Object.entries(entity ?? {}))
  for (const name of namesOf(fields, 'entity'))
    expectTrue((found.get(name) ?? null) !== null, `${what} has a value in its ${name}`, entity)
}

/** A ticket as those methods answer it that hand it back, find it first, claim it and change it. */
async function handedOn({ tickets }: Store, { _id }: Ticket): Promise<(Ticket | null | undefined)[]> {
  const [back] = await tickets.handBack('acme', 'mia', { limit: 1 })
  const first = await tickets.firstInLine('acme')
  movedOf(await tickets.move('acme', _id, { kind: 'take', line_manager: 'mia', cid: 'claim' }, 'mia'))
  const claimed = await tickets.claimed('acme', 'mia', 'claim')
  movedOf(await tickets.move('acme', _id, { kind: 'answer' }, 'mia'))
  const at = asSent.client_created_at
  const change = {
    ...{ tags: ['vip'], priority: 'high' },
    rating: { score: 5, comment: 'Good', rated_at: at },
    target: { kind: 'solved', due_at: at },
  } as const satisfies TicketChange
  return [back, first, claimed, await tickets.update('acme', _id, { ...change, tags: [...change.tags] })]
}

export const fieldCases: readonly StoreCase[] = [
  oneStore('keeps every field of a topic, whichever method reads it', async (store) => {
    expectFields(topicFields, 'A new topic', rowOf(await store.topics.create(topic)), topic)
    const updated = await store.topics.update('acme', 'billing', settings)
    const repeated = rowOf(await store.topics.create(topic))
    const got = await store.topics.get('acme', 'billing')
    const [listed] = await store.topics.list('acme')
    for (const one of [updated, repeated, got, listed]) {
      expectFields(topicFields, 'A topic', one, { ...topic, ...settings })
      expectNoNull(topicFields, 'A topic', one)
      expectSame({ ...one }, { ...updated }, 'Every method answers the same topic')
    }
  }),

  oneStore('keeps every field of a line manager, whichever method reads it', async (store) => {
    const { user_id } = lineManager
    const created = rowOf(await store.lineManagers.create(lineManager))
    expectFields(lineManagerFields, 'A new line manager', created, lineManager)
    const at = asSent.client_created_at
    const attending = await store.lineManagers.attend('acme', user_id, { is_connected: true, at })
    expectFields(lineManagerFields, 'A line manager who is there', attending, lineManager)
    const updated = await store.lineManagers.update('acme', user_id, { topics: ['billing'] })
    const repeated = rowOf(await store.lineManagers.create(lineManager))
    const got = await store.lineManagers.get('acme', user_id)
    const [listed] = await store.lineManagers.list('acme')
    for (const one of [updated, repeated, got, listed]) {
      expectFields(lineManagerFields, 'A line manager', one, { ...lineManager, topics: ['billing'] })
      expectNoNull(lineManagerFields, 'A line manager', one)
      expectSame({ ...one }, { ...updated }, 'Every method answers the same line manager')
    }
  }),

  oneStore('keeps every field of a ticket, whichever method reads it', async (store) => {
    rowOf(await store.lineManagers.create({ ...lineManager, is_unmanaged: true }))
    const first = rowOf(await store.tickets.create(newTicket()))
    const waiting = rowOf(await store.tickets.create(ticket))
    expectFields(ticketFields, 'A ticket that waits', waiting, ticket)
    expectSame(waiting.metadata, ticket.metadata, 'A ticket keeps its metadata')
    expectSame(first.metadata, undefined, 'A ticket without metadata has none')
    await store.tickets.close('acme', first._id, 'mia')
    const [given] = (await store.tickets.assignWaiting('acme')).tickets
    const repeated = rowOf(await store.tickets.create(ticket))
    const [open] = await store.tickets.listOpen('acme', 'mia')
    const { updated_at, assigned_at } = given ?? {}
    const moved = { line_manager: 'mia', state: 'assigned', assigned_at, updated_at, waiting_time: 0 }
    const expected = { ...waiting, ...moved }
    for (const one of [given, repeated, open]) {
      expectFields(ticketFields, 'A ticket', one, ticket)
      expectSame({ ...one }, expected, 'A ticket that is given changes in nothing else')
    }
    for (const one of await handedOn(store, waiting)) expectFields(ticketFields, 'A ticket', one, ticket)
    const closed = (await store.tickets.close('acme', waiting._id, 'mia'))?.ticket
    const { tickets } = await store.tickets.list('acme', { limit: 1 })
    const [some] = await store.tickets.getSome('acme', [waiting._id])
    for (const one of [closed, await store.tickets.get('acme', waiting._id), some, tickets[0]]) {
      expectFields(ticketFields, 'A closed ticket', one, ticket)
      expectSame(one?.metadata, ticket.metadata, 'A closed ticket keeps its metadata')
      expectNoNull(ticketFields, 'A closed ticket', one)
    }
  }),

  oneStore('keeps every field of a thread, whichever method reads it', async (store) => {
    const thread = { _id: 'message', parent: 'room:r', parent_seq: 7 }
    const created = await store.threads.create('acme', thread)
    const repeated = await store.threads.create('acme', thread)
    for (const one of [created, repeated, await store.threads.get('acme', 'message')]) {
      expectFields(threadFields, 'A thread', one, thread)
      expectNoNull(threadFields, 'A thread', one)
      expectSame({ ...one }, { ...created }, 'Every method answers the same thread')
    }
  }),

  oneStore('keeps every field of a call, whichever method reads it', async (store) => {
    const created = rowOf(await store.calls.create(call))
    expectFields(callFields, 'A new call', created, call)
    const repeated = rowOf(await store.calls.create(call))
    const [ringing] = await store.calls.listOpen('acme', benTablet)
    const active = callOf(await store.calls.transition('acme', created._id, answerBy(benPhone)))
    const [listed] = await store.calls.listOpen('acme', benPhone)
    const [ofUser] = await store.calls.listOpenOf('acme', 'ben')
    const [owned] = await store.calls.listOwned(call.owner, { after: '', limit: 1 })
    const got = await store.calls.get('acme', created._id)
    const [found] = await store.calls.history('acme', ['ben'], { limit: 1 })
    for (const one of [created, repeated, ringing, active, listed, ofUser, owned?.call, got, found])
      expectFields(callFields, 'A call', one, call)
    expectSame([listed, got, found], [active, active, active], 'Every method answers the same call')
    const unreached = { user_id: 'ben', is_blocked: true }
    const blocked = rowOf(
      await store.calls.create({ ...call, cid: 'another', callee_devices: [], unreached }),
    )
    const [kept] = await store.calls.history('acme', ['ann'], { limit: 1 })
    expectSame([kept?.is_blocked, kept], [true, blocked], 'A call that was blocked is kept as such')
    const ending = await store.calls.transition('acme', created._id, { type: 'end', device: annPhone })
    const ended = callOf(ending)
    const again = callOf(await store.calls.transition('acme', created._id, { type: 'end', device: annPhone }))
    const [, past] = await store.calls.history('acme', ['ann'], { limit: 2 })
    for (const one of [ended, again, past]) {
      expectFields(callFields, 'An ended call', one, call)
      expectNoNull(callFields, 'An ended call', one)
    }
  }),

  oneStore('keeps every field of a user, whichever method reads them', async (store) => {
    const at = asSent.client_created_at
    const change = { name: 'Ann', picture: 'https://example.org/ann.png', metadata: { a: [1, { b: null }] } }
    const updated = await store.users.update('acme', seen('ann', { at, is_program: true }), change)
    const [got] = await store.users.get('acme', ['ann'])
    const [found] = (await store.users.search('acme', { text: 'ann', limit: 1 })).users
    const expected = { ...change, user_id: 'ann', created_at: at, last_seen_at: at }
    for (const one of [updated, got, found]) {
      expectFields(userFields, 'A user', one, expected)
      expectSame({ ...one }, { ...updated }, 'Every method answers the same user')
    }
  }),

  oneStore('keeps every field of an alias and of a block, whichever method reads it', async (store) => {
    const { aliases, blocks } = store
    const alias = { guest_id: 'guest:1', user_id: 'ann' }
    const { row: created } = await aliases.create('acme', 'guest:1', 'ann')
    const [listed] = await aliases.list('acme', 'ann', { limit: 1 })
    const [named] = await aliases.among('acme', ['guest:1'])
    for (const one of [created, listed, named, await aliases.get('acme', 'guest:1')])
      expectFields(aliasFields, 'An alias', one, { ...created, ...alias })
    const block = { user_id: 'ann', blocked_id: 'eve' }
    const { row: made } = await blocks.create('acme', 'ann', 'eve')
    const [first] = await blocks.list('acme', 'ann', { limit: 1 })
    for (const one of [made, first, await blocks.get('acme', 'ann', 'eve')])
      expectFields(blockFields, 'A block', one, { ...made, ...block })
  }),
  oneStore('keeps every field of a key, whichever method reads it', async (store) => {
    const old = rowOf(await store.keys.create(newKey()))
    expectFields(keyFields, 'A new key', old, {})
    const { _id: replaces } = old
    const rotate = () => store.keys.rotate('acme', replaces, key, '2099-01-01T00:00:00.000Z')
    const made = await rotate()
    const created = 'row' in made ? made.row : undefined
    expectSame(created?.replaces, replaces, 'A successor names the key that it replaces')
    const again = await rotate()
    expectTrue('replaced' in again, 'A repeated rotation is answered', again)
    expectFields(keyFields, 'A key that is replaced', again.replaced, {})
    const repeated = rowOf(await store.keys.create(key))
    const found = await store.keys.find('acme', 'hash')
    const got = await store.keys.get('acme', created?._id ?? '')
    const [listed] = (await store.keys.list('acme', { limit: 1 })).keys
    for (const one of [created, again.row, repeated, found, got, listed]) {
      expectFields(keyFields, 'A key', one, key)
      expectSame({ ...one }, { ...created }, 'Every method answers the same key')
    }
    const { _id } = repeated
    await store.keys.used('acme', _id, '2026-01-02T03:04:05.678Z')
    const revoked = [await store.keys.revoke('acme', _id), await store.keys.revoke('acme', _id)]
    for (const one of revoked) expectNoNull(keyFields, 'A revoked key', one?.key)
  }),

  oneStore('keeps every field of a report, whichever method reads it', async (store) => {
    const created = rowOf(await store.reports.create(report))
    expectFields(reportFields, 'A new report', created, report)
    const repeated = rowOf(await store.reports.create(report))
    const [listed] = (await store.reports.list('acme', { limit: 1 })).reports
    for (const one of [created, repeated, listed, await store.reports.get('acme', created._id)]) {
      expectFields(reportFields, 'A report', one, report)
      expectSame({ ...one }, { ...created }, 'Every method answers the same report')
    }
    const resolve = () => store.reports.resolve('acme', created._id, { by: 'root', text: 'Warned' })
    for (const one of [await resolve(), await resolve()]) {
      expectFields(reportFields, 'A resolved report', one?.report, report)
      expectNoNull(reportFields, 'A resolved report', one?.report)
    }
  }),

  oneStore('keeps every field of a canned answer, whichever method reads it', async (store) => {
    const created = rowOf(await store.cannedAnswers.create(cannedAnswer))
    const repeated = rowOf(await store.cannedAnswers.create(cannedAnswer))
    const [listed] = await store.cannedAnswers.list('acme', { limit: 1 })
    for (const one of [created, repeated, listed, await store.cannedAnswers.get('acme', listed?._id ?? '')]) {
      expectFields(cannedAnswerFields, 'A canned answer', one, cannedAnswer)
      expectNoNull(cannedAnswerFields, 'A canned answer', one)
      expectSame({ ...one }, { ...created }, 'Every method answers the same canned answer')
    }
    const updated = await store.cannedAnswers.update('acme', created._id, { text: 'Bye' })
    expectFields(cannedAnswerFields, 'A changed canned answer', updated as object, {
      ...cannedAnswer,
      text: 'Bye',
    })
  }),

  oneStore('keeps every field of a share link and of a setting, whichever method reads it', async (store) => {
    const created = rowOf(await store.shareLinks.create(shareLink))
    const repeated = rowOf(await store.shareLinks.create(shareLink))
    const found = (await store.shareLinks.find(shareLink.link_id))?.link
    for (const one of [created, repeated, found]) {
      expectFields(shareLinkFields, 'A share link', one, shareLink)
      expectNoNull(shareLinkFields, 'A share link', one)
      expectSame({ ...one }, { ...created }, 'Every method answers the same share link')
    }
    const texts = { waiting_time: '5', operation_time: '8' }
    const set = [await store.shareLinks.setMeta('acme', texts), await store.shareLinks.setMeta('acme', texts)]
    for (const one of [...set, await store.shareLinks.meta('acme')]) {
      expectFields(metaSettingFields, 'A setting', one, texts)
      expectNoNull(metaSettingFields, 'A setting', one)
      expectSame({ ...one }, { ...set[0] }, 'Every method answers the same setting')
    }
  }),

  oneStore('keeps every field of the audit trail', async (store) => {
    await store.audit.append('acme', [entry])
    await store.audit.count('acme', { ...entry, _id: 'another' })
    for (const one of (await store.audit.list('acme', { limit: 2 })).entries) {
      expectFields(auditFields, 'A row of the audit trail', { ...one, _id: 'entry' }, entry)
      expectNoNull(auditFields, 'A row of the audit trail', one)
    }
  }),
]
