import type { Message } from '@dowellchat/protocol'
import type { Store } from '../../src/stores/store.ts'
import { mainThreadStore } from '../../src/testing/broken-stores/main-thread-store.ts'
import {
  ask,
  draft,
  ids,
  newTopic,
  placedOf,
  range,
  readAll,
  room,
} from '../../src/testing/store-cases/making.ts'
import type { OpenStore } from '../../src/testing/store-cases/store-case.ts'

const openFolder = mainThreadStore()

/** Opens a data folder, as a case of a store is given it. */
export function openerOf(folder: string): OpenStore {
  return () => openFolder(folder)
}

/** Everything that clients can read, and some that only the server can. */
export async function everything(store: Store): Promise<unknown> {
  const { tickets } = await store.tickets.list('acme', { limit: 100 })
  const conversations = tickets.map(({ _id }) => ({ workspace_id: 'acme', stream: `ticket:${_id}` }))
  const keys = [room('r0'), room('r7'), room('old'), room('empty'), ...conversations]
  return {
    tickets,
    pages: await Promise.all(keys.map((key) => store.streams.page(key, { newest: 200 }))),
    entries: await Promise.all(keys.map((key) => store.streams.entries(key, 0))),
    whole: await readAll(store, room('r1')),
    topics: await store.topics.list('acme'),
    managers: await store.lineManagers.list('acme'),
    open: await Promise.all(['mia', 'max'].map((name) => store.tickets.listOpen('acme', name))),
    calls: await store.calls.listOpen('acme', { user_id: 'ann', device_id: 'ann-phone' }),
    history: await Promise.all([
      store.calls.history('acme', ['ann'], { limit: 9 }),
      store.calls.history('acme', ['ben'], { missed: true, limit: 9 }),
    ]),
    users: await store.users.get('acme', ['mia', ...range(1, 5).map((n) => `customer ${n}`)]),
    found: await store.users.search('acme', { text: 'customer', limit: 9 }),
    aliases: await store.aliases.list('acme', 'customer 1', { limit: 9 }),
    blocks: await store.blocks.list('acme', 'customer 1', { limit: 9 }),
    lists: await Promise.all(
      ['ann', 'ben'].map((id) =>
        store.readers.list('acme', { user_ids: [id], is_archived: false, limit: 9 }),
      ),
    ),
    thread: await threadOf(store),
    answers: await store.cannedAnswers.list('acme', { limit: 9 }),
    links: [await store.shareLinks.find('link 1 acme'), await store.shareLinks.find('link 0 acme')],
    meta: await store.shareLinks.meta('acme'),
    reports: await store.reports.list('acme', { limit: 9 }),
    keys: await store.keys.list('acme', { limit: 100 }),
    audit: await store.audit.list('acme', { limit: 100 }),
  }
}

/** The thread of the first message of a room, and who is mentioned there. */
async function threadOf(store: Store): Promise<unknown> {
  const [first] = await readAll(store, room('r0'))
  const { _id } = first as Message
  const stream = { workspace_id: 'acme', stream: `thread:${_id}` }
  return {
    threads: await store.threads.list('acme', 'room:r0', [_id]),
    mentions: await Promise.all(
      [room('r0'), stream].map((key) => store.streams.mentionsAfter(key, ['customer 1'], 0)),
    ),
    said: await store.streams.entries(stream, 0),
  }
}

/** What happens next depends on slots, closings, cids, ranks and open calls. */
export async function goOn(store: Store): Promise<unknown> {
  const [first] = await readAll(store, room('r0'))
  const { cid = '', author = '', message_data = '' } = first ?? {}
  const { appended } = await store.streams.append(room('r0'), [
    draft({ cid, author: author ?? '', message_data }),
    draft(),
  ])
  const [repeated, next] = appended.map(placedOf)
  const full = await ask(store)
  const { tickets } = await store.tickets.list('acme', { limit: 100 })
  const [closed] = tickets.filter(({ is_closed }) => is_closed)
  const [served] = tickets.filter(({ is_closed, line_manager }) => !is_closed && line_manager === 'mia')
  const again = await store.tickets.close('acme', closed?._id ?? '', 'somebody')
  await store.tickets.close('acme', served?._id ?? '', 'mia')
  const given = ids((await store.tickets.assignWaiting('acme')).tickets)
  const topic = await store.topics.create(newTopic('billing'))
  const links = [
    await store.shareLinks.use('acme', 'link 1 acme', 'billing', 'cid'),
    await store.shareLinks.use('acme', 'link 1 acme', 'billing', 'another'),
  ]
  const open = await store.calls.listOpen('acme', { user_id: 'ann', device_id: 'ann-phone' })
  const owned = await store.calls.listOwned('server-1', { after: '', limit: 100 })
  const calls = { open, owned, owners: await store.calls.owners() }
  const place = [repeated?.created, repeated?.placed, next?.placed.seq]
  return { place, full: full.line_manager, again, given, topic, links, calls }
}
