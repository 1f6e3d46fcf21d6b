import { type Message, quoteOf, type Ticket } from '@dowellchat/protocol'
import type { Store, StreamKey } from '../../src/stores/store.ts'
import { newCannedAnswer } from '../../src/testing/store-cases/canned-answers.ts'
import { newNote } from '../../src/testing/store-cases/deliveries.ts'
import {
  annPhone,
  answerBy,
  benPhone,
  draft,
  naming,
  newAuditEntry,
  newCall,
  newKey,
  newLineManager,
  newReport,
  newTicket,
  newTopic,
  newUpload,
  range,
  revocation,
  rowOf,
  zoePhone,
} from '../../src/testing/store-cases/making.ts'
import { by, inviteOf, muteOf, newRoom } from '../../src/testing/store-cases/rooms.ts'
import { newShareLink } from '../../src/testing/store-cases/share-links.ts'
import { seen } from '../../src/testing/store-cases/users.ts'

/** How much to put into a workspace. */
export interface Amount {
  readonly messages: number
  readonly tickets: number
}

const rooms = 20
const batch = 250

/** Fills a workspace with everything: closed, assigned and waiting tickets, open and ended calls, removed messages. */
export async function fillWorkspace(store: Store, workspace_id: string, amount: Amount): Promise<void> {
  await store.topics.create(newTopic('billing', { workspace_id }))
  await store.topics.create(
    newTopic('delivery', { workspace_id, client_created_at: '2024-01-01T00:00:00.000Z' }),
  )
  for (const user_id of ['mia', 'max'])
    await store.lineManagers.create(newLineManager(user_id, { workspace_id, capacity: 10 }))
  await fillKeys(store, workspace_id)
  for (const product of [null, 'billing'])
    await store.cannedAnswers.create(newCannedAnswer({ workspace_id, product }))
  await fillLinks(store, workspace_id)
  await store.streams.open({ workspace_id, stream: 'room:empty' })
  await fillPeople(store, workspace_id)
  await fillRooms(store, workspace_id, amount.messages)
  await fillThreads(store, workspace_id)
  await fillDeliveries(store, workspace_id)
  const tickets = await Promise.all(range(1, amount.tickets).map((n) => ask(store, workspace_id, n)))
  await Promise.all(
    tickets.map(async ({ _id }, at) => {
      if (at % 3 === 0) await store.tickets.close(workspace_id, _id, 'mia')
      const key = { workspace_id, stream: `ticket:${_id}` }
      await store.streams.append(key, [
        draft({ ticket_id: _id, product: 'billing', message_data: '"Hello" 👋' }),
      ])
    }),
  )
  for (const user_id of ['mia', 'ann']) await store.revocations.revoke(workspace_id, revocation({ user_id }))
  for (const n of range(1, 3)) {
    const room = rowOf(await store.rooms.create(newRoom({ workspace_id, title: n > 1 ? 'Room' : null })))
    await store.rooms.change(workspace_id, room._id, inviteOf(n))
    await store.rooms.change(workspace_id, room._id, muteOf('ben'))
    await store.rooms.pace(workspace_id, {
      room: room._id,
      user_id: 'ben',
      cid: `cid ${n}`,
      every_ms: 60_000,
    })
    if (n > 2) await store.rooms.change(workspace_id, room._id, { type: 'close', ...by('ann') })
  }
  await fillCalls(store, workspace_id)
}

/** A call that has ended, one that ann is in, and one that rings on her other device. */
async function fillCalls({ calls }: Store, workspace_id: string): Promise<void> {
  const tablet = { user_id: 'ann', device_id: 'ann-tablet' }
  const first = rowOf(await calls.create(newCall({ workspace_id })))
  await calls.transition(workspace_id, first._id, answerBy(benPhone))
  await calls.transition(workspace_id, first._id, { type: 'end', device: benPhone })
  const missed = rowOf(await calls.create(newCall({ workspace_id })))
  await calls.transition(workspace_id, missed._id, { type: 'expire' })
  const second = rowOf(await calls.create(newCall({ workspace_id })))
  await calls.transition(workspace_id, second._id, answerBy(benPhone))
  await calls.create(newCall({ workspace_id, caller: zoePhone, callee_devices: [annPhone, tablet] }))
}

async function fillPeople(
  { users, aliases, blocks, reports, uploads }: Store,
  workspace_id: string,
): Promise<void> {
  await users.see(
    workspace_id,
    range(1, 5).map((n) => seen(`customer ${n}`, { name: `Customer ${n}` })),
  )
  await users.update(workspace_id, seen('mia'), { name: 'Mia', metadata: { 'a.b': { $c: [null] } } })
  for (const n of range(1, 3)) await aliases.create(workspace_id, `guest:${n}`, 'customer 1')
  for (const n of range(2, 4)) await blocks.create(workspace_id, 'customer 1', `customer ${n}`)
  for (const n of range(1, 3)) {
    const { _id } = rowOf(
      await uploads.create(newUpload({ workspace_id, sha256: n > 1 ? null : 'a'.repeat(64) })),
    )
    if (n > 1) await uploads.finish(workspace_id, _id, '2026-01-02T00:00:00.000Z')
    if (n > 2) await uploads.name(workspace_id, naming([_id]))
  }
  for (const n of range(1, 3)) {
    const { _id } = rowOf(await reports.create(newReport({ workspace_id, most_open: n > 1 ? 5 : 1 })))
    if (n === 1) await reports.resolve(workspace_id, _id, { by: 'root', text: 'Dealt with' })
  }
}

/** Three keys, of which one is rotated and one revoked, and an audit trail. */
async function fillKeys(store: Store, workspace_id: string): Promise<void> {
  const [first, second] = [
    rowOf(await store.keys.create(newKey({ workspace_id, scopes: ['keys', 'audit'], name: 'shop' }))),
    rowOf(await store.keys.create(newKey({ workspace_id }))),
  ]
  await store.keys.rotate(workspace_id, first._id, newKey({ workspace_id }), '2099-01-01T00:00:00.000Z')
  await store.keys.used(workspace_id, first._id, '2026-01-01T00:00:00.000Z')
  await store.keys.revoke(workspace_id, second._id)
  const entries = range(1, 5).map((n) =>
    newAuditEntry({ address: n % 2 === 0 ? null : '192.0.2.1', count: n }),
  )
  await store.audit.append(workspace_id, entries)
}

/** A link that is used up, and one that nobody has used. */
async function fillLinks({ shareLinks }: Store, workspace_id: string): Promise<void> {
  for (const usernames of [['customer 1'], []]) {
    const few = { number_of_links: 1, product_distribution: { billing: 1, 'a.$b': 2 } }
    const link = newShareLink({
      workspace_id,
      usernames,
      link_id: `link ${usernames.length} ${workspace_id}`,
      ...few,
    })
    rowOf(await shareLinks.create(link))
  }
  await shareLinks.use(workspace_id, `link 1 ${workspace_id}`, 'billing', 'cid')
  await shareLinks.setMeta(workspace_id, { waiting_time: '5', operation_time: '8' })
}

async function fillRooms(store: Store, workspace_id: string, messages: number): Promise<void> {
  const old: StreamKey = { workspace_id, stream: 'room:old' }
  await store.streams.append(old, [draft(), draft()])
  await store.streams.prune(workspace_id, '9999-01-01T00:00:00.000Z', null)
  await store.streams.append(old, [draft()])
  for (const n of range(0, Math.ceil(messages / batch) - 1)) {
    const key = { workspace_id, stream: `room:r${n % rooms}` }
    const drafts = range(1, Math.min(batch, messages - n * batch)).map((at) =>
      draft({
        author: `author ${at % 7}`,
        message_data: `Message ${n} ${at}`,
        sid: at % 5 === 0 ? null : 'socket',
      }),
    )
    await store.streams.append(key, drafts)
  }
}

/** What a webhook has taken, has not taken, and is to get once, and who was told. */
async function fillDeliveries({ deliveries }: Store, workspace_id: string): Promise<void> {
  const at = '2026-01-01T00:00:00.000Z'
  await deliveries.follow(workspace_id, 'hook', at)
  const once = { user_id: 'customer 1', caller: 'customer 2', call: 'cid', at }
  const event_text = JSON.stringify(once)
  await deliveries.note(workspace_id, [newNote(), newNote({ stream: 'missed:1', event_text })])
  const row = await deliveries.get(workspace_id, 'hook', newNote().stream)
  const failed = { failures: 3, failing_since: at, problem: 'It answers 500', parked_at: at, due_at: null }
  if (row) await deliveries.settle(workspace_id, row, { epoch: 'epoch', seq: 1, ...failed })
  const told = { consumer: 'hook', stream: newNote().stream, nth: 2, at }
  await deliveries.tell(workspace_id, [{ ...told, user_id: 'customer 1' }])
}

/** Two messages with threads, replies and mentions. */
async function fillThreads(store: Store, workspace_id: string): Promise<void> {
  const key = { workspace_id, stream: 'room:r0' }
  const first = JSON.parse((await store.streams.message(key, 1)) ?? '') as Message
  const mentions = [{ user_id: 'customer 1', start: 0, end: 1 }]
  const said = { mentions, mentioned: ['customer 1'], metadata: { 'a.b': { $c: [null] } } }
  const reply = { reply_to: first._id, reply_seq: 1, quote: quoteOf(first) }
  await store.streams.append(key, [draft({ ...reply, ...said })])
  await store.threads.create(workspace_id, { _id: first._id, parent: key.stream, parent_seq: 1 })
  const thread = { workspace_id, stream: `thread:${first._id}` }
  await store.streams.append(thread, [draft(said), draft()])
}

async function ask(store: Store, workspace_id: string, n: number): Promise<Ticket> {
  const change = {
    workspace_id,
    user_id: `customer ${n % 5}`,
    display_name: n % 2 === 0 ? null : `Customer ${n}`,
  }
  return rowOf(await store.tickets.create(newTicket(change)))
}
