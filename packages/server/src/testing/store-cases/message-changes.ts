import { isMessage, type Message, type MessageChange } from '@dowellchat/protocol'
import type { ChangeContent, ChangeDraft, MessageTarget, Store, StreamKey } from '../../stores/store.ts'
import { expectSame, expectTrue } from './checks.ts'
import { changeDraft, draft, drafts, placedOf, range, readEntries, readPage, room } from './making.ts'
import { oneStore, reopened, type StoreCase, threeStores } from './store-case.ts'

const key = room('r')
const edit = (message_data: string) => ({ change: 'edited', message_data }) as const
const react = (reaction: string) => ({ change: 'reacted', reaction }) as const
const unreact = (reaction: string) => ({ change: 'unreacted', reaction }) as const
const pin = { change: 'pinned' } as const
const unpin = { change: 'unpinned' } as const

/** What a change answers. Throws if it was refused. */
export async function changed(
  store: Store,
  one: ChangeDraft,
  stream: StreamKey = key,
): Promise<{ changed: boolean; message: Message; head: number }> {
  const outcome = await store.streams.change(stream, one)
  expectTrue('text' in outcome, 'A change that is allowed is answered with the message', outcome)
  return { changed: outcome.changed, message: JSON.parse(outcome.text) as Message, head: outcome.head }
}

async function refused(store: Store, one: ChangeDraft): Promise<string> {
  const outcome = await store.streams.change(key, one)
  return 'refused' in outcome ? outcome.refused : 'not refused'
}

/** Appends messages, and answers how each is named. */
export async function appendAll(
  store: Store,
  some: ReturnType<typeof drafts>,
  stream: StreamKey = key,
): Promise<MessageTarget[]> {
  const { appended } = await store.streams.append(stream, some)
  return appended.map(placedOf).map(({ placed: { seq, _id } }) => ({ seq, message_id: _id }))
}

async function first(store: Store, change: Parameters<typeof draft>[0] = {}): Promise<MessageTarget> {
  const [target] = await appendAll(store, [draft(change)])
  return target as MessageTarget
}

const by = (user: string) => ({ user_ids: [user] })

async function messageAt(store: Store, seq: number): Promise<Message> {
  return JSON.parse((await store.streams.message(key, seq)) ?? '{}') as Message
}

async function changesOf(store: Store): Promise<MessageChange[]> {
  const entries = await readEntries(store, key)
  return entries.filter((entry): entry is MessageChange => entry.type === 'change')
}

/** Everything that pages and answers show of the stream. */
async function shown(store: Store): Promise<string> {
  const { entries } = await store.streams.entries(key, 0)
  const all = await store.streams.messages(key, { entries: 200, bytes: 1e6 })
  return [all.text, await store.streams.pinned(key), ...entries.map(({ text }) => text)].join()
}

export const messageChangeCases: readonly StoreCase[] = [
  oneStore('[CH20] changes a message, and appends an entry that says so', async (store) => {
    const [target] = await appendAll(store, drafts(2))
    expectTrue(target !== undefined, 'There is a message')
    const { epoch, head } = await readPage(store, key, { newest: 9 })
    const mentions = [{ user_id: 'ben', start: 0, end: 4 }]
    const edited = await changed(store, changeDraft(target, { ...edit('@Ben Hi'), mentions }))
    expectSame([edited.changed, edited.head], [true, 3], 'A change is answered with the new head')
    const { message_data, version, edited_at } = edited.message
    expectSame([message_data, version], ['@Ben Hi', 3], 'The message is as its last change says')
    const page = await readPage(store, key, { after: { epoch, seq: 2, id: head.id }, limit: 9 })
    const [entry] = page.entries
    expectTrue(entry?.type === 'change', 'What follows is the change', page.entries)
    expectSame(
      [entry.seq, entry.nth, entry.change, entry.target, entry.by, entry.message_data, entry.mentions],
      [3, 2, 'edited', 1, 'ann', '@Ben Hi', mentions],
      'A change says what it changes, and counts as no message',
    )
    expectSame(edited_at, entry.created_at, 'A message knows when it was edited')
    const [again] = (await readPage(store, key, { newest: 9 })).entries
    expectSame(again, edited.message, 'Pages have messages as they are now')
    expectSame(await messageAt(store, 1), edited.message, 'A message is read by its seq')
    expectSame(await store.streams.message(key, 3), null, 'A change is no message')
    expectSame(await store.streams.message(key, 9), null, 'Where nothing is there is no message')
    await store.streams.append(key, [draft()])
    const last = (await readPage(store, key, { newest: 9 })).head
    expectSame([last.seq, last.nth], [4, 3], 'The next message has the next nth')
  }),

  oneStore('[CH21] lets the author alone edit, and keeps the texts from before', async (store) => {
    const target = await first(store, { message_data: 'one' })
    expectSame(await store.streams.versions(key, target), [], 'What was not edited has no earlier texts')
    expectSame(
      [
        await refused(store, changeDraft(target, edit('no'), by('ben'))),
        await refused(store, changeDraft({ ...target, message_id: 'another' }, edit('no'))),
        await refused(store, changeDraft({ ...target, seq: 7 }, edit('no'))),
      ],
      ['forbidden', 'not_found', 'not_found'],
      'Only what is there is edited, by its author',
    )
    const fact = await first(store, { kind: 'closed' })
    expectSame(await refused(store, changeDraft(fact, edit('no'))), 'forbidden', 'A fact is not edited')
    const former = { user_ids: ['user', 'ann'] }
    for (const text of ['two', 'three']) await changed(store, changeDraft(target, edit(text), former))
    const versions = (await store.streams.versions(key, target)) ?? []
    expectSame(
      versions.map(({ message_data }) => message_data),
      ['one', 'two'],
      'The earlier texts are kept, oldest first',
    )
    const unknown = { ...target, message_id: 'another' }
    expectSame(await store.streams.versions(key, unknown), null, 'Another message has none')
  }),

  oneStore('[CH22] counts each reaction of each person once', async (store) => {
    const target = await first(store)
    const people = range(10, 22).map((n) => `user-${n}`)
    for (const user of people) await changed(store, changeDraft(target, react('👍'), by(user)))
    const repeated = await changed(store, changeDraft(target, react('👍'), by('user-12')))
    expectSame(repeated.changed, false, 'Nobody gives a reaction twice')
    const { message } = await changed(
      store,
      changeDraft(target, react('🎉'), { user_ids: ['now', 'user-10'] }),
    )
    expectSame(
      message.reactions,
      [
        { reaction: '👍', count: 13, user_ids: people.slice(0, 10) },
        { reaction: '🎉', count: 1, user_ids: ['now'] },
      ],
      'A message has the counts, and names the first ten',
    )
    const guest = await changed(store, changeDraft(target, react('👍'), { user_ids: ['now', 'user-10'] }))
    expectSame(guest.changed, false, 'Who was a guest does not count twice')
    const back = await changed(store, changeDraft(target, unreact('👍'), { user_ids: ['now', 'user-10'] }))
    const left = { reaction: '👍', count: 12, user_ids: people.slice(1, 11) }
    expectSame(back.message.reactions?.[0], left, 'Who takes it back makes room for the next one')
    const other = await changed(store, changeDraft(target, unreact('👍'), by('user-10')))
    expectSame(other.changed, false, 'What was not given is not taken back')
    const reactors = (after?: string) =>
      store.streams.reactors(key, target, { reaction: '👍', limit: 9, ...(after && { after }) })
    expectSame(
      [await reactors(), await reactors('user-19')],
      [people.slice(1, 10), people.slice(10)],
      'All are answered in the order of their ids',
    )
    const none = await changed(store, changeDraft(target, unreact('🎉'), by('now')))
    expectSame(none.message.reactions, [left], 'A reaction that nobody gives any more is gone')
    const [last] = (await changesOf(store)).slice(-1)
    expectSame(last?.reaction, { reaction: '🎉', count: 0, user_ids: [] }, 'The entry says so')
    const unknown = { ...target, message_id: 'another' }
    const range9 = { reaction: '👍', limit: 9 }
    expectSame(await store.streams.reactors(key, unknown, range9), null, 'Another message has none')
  }),

  oneStore('[CH23] pins messages, the last pinned first', async (store) => {
    const [one, two] = (await appendAll(store, drafts(2))) as [MessageTarget, MessageTarget]
    expectSame(await store.streams.pinned(room('unknown')), '[]', 'Without a log nothing is pinned')
    await changed(store, changeDraft(two, pin))
    const { message } = await changed(store, changeDraft(one, pin, by('ben')))
    expectSame(message.pinned_by, 'ben', 'A message knows who has pinned it')
    const pinned = async () =>
      (JSON.parse(await store.streams.pinned(key)) as Message[]).map(({ seq }) => seq)
    expectSame(await pinned(), [1, 2], 'The last pinned comes first')
    expectSame((await changed(store, changeDraft(one, pin))).changed, false, 'It is pinned once')
    await changed(store, changeDraft(two, unpin))
    await changed(store, changeDraft(two, pin))
    expectSame(await pinned(), [2, 1], 'What is pinned anew is the last one')
    const { message: free } = await changed(store, changeDraft(one, unpin))
    expectSame([free.pinned_at, free.pinned_by], [undefined, undefined], 'An unpinned message is as before')
    expectSame(await pinned(), [2], 'It is in the list no more')
    await changed(store, changeDraft(one, { change: 'thread_started' }))
    const again = await changed(store, changeDraft(one, { change: 'thread_started' }))
    expectSame([again.changed, again.message.has_thread], [false, true], 'A thread is started once')
  }),

  oneStore('[CH24] makes a change once, whatever is repeated', async (store) => {
    const target = await first(store, { cid: 'sent' })
    const once = changeDraft(target, edit('new'), { cid: 'cid' })
    await changed(store, once)
    await changed(store, changeDraft(target, edit('newer')))
    const repeated = await changed(store, once)
    expectSame(
      [repeated.changed, repeated.message.message_data],
      [false, 'newer'],
      'A repeated cid changes nothing, and is answered with the message as it is now',
    )
    expectSame(
      [
        await refused(store, { ...once, fingerprint: 'another' }),
        await refused(store, changeDraft(target, pin, { cid: 'sent', fingerprint: 'x' })),
        await refused(
          store,
          changeDraft(target, pin, { cid: 'cid', user_ids: ['now', 'ann'], fingerprint: 'x' }),
        ),
        await refused(store, changeDraft(target, pin, { cid: 'cid', ...by('ben') })),
      ],
      ['conflict', 'conflict', 'conflict', 'not refused'],
      'A cid of something else is a conflict; those of others are free',
    )
    const same = await changed(store, changeDraft(target, edit('newer')))
    expectSame([same.changed, same.head], [false, 4], 'What is so already is no change')
    const [sent] = (await store.streams.append(key, [draft({ cid: 'cid', fingerprint: 'other' })])).appended
    expectSame(sent, { conflict: 'cid' }, 'A message cannot have the cid of a change')
  }),

  oneStore('[CH25] removes with a message all that others have of it', async (store) => {
    const target = await first(store, { message_data: 'secret one' })
    const replies = await appendAll(store, [reply(target, 'secret one'), reply(target, 'secret one')])
    const kept = await first(store)
    for (const text of ['secret two', 'secret three']) await changed(store, changeDraft(target, edit(text)))
    await changed(store, changeDraft(target, react('👍'), by('ben')))
    await changed(store, changeDraft(target, pin))
    await changed(store, changeDraft(kept, edit('kept')))
    expectTrue((await shown(store)).includes('secret one'), 'A reply quotes what it answers')
    await store.streams.remove(key, { targets: [target.seq], reason: 'deleted' })
    expectSame((await shown(store)).includes('secret'), false, 'Nobody reads a text that was removed')
    expectSame(
      [
        await store.streams.versions(key, target),
        await store.streams.reactors(key, target, { reaction: '👍', limit: 9 }),
        await store.streams.pinned(key),
      ],
      [null, null, '[]'],
      'Nothing is left of it',
    )
    for (const content of [edit('x'), react('👍'), pin])
      expectSame(
        await refused(store, changeDraft(target, content)),
        'not_found',
        'It is not changed any more',
      )
    const [answer] = await appendAll(store, [reply(target, 'secret one')])
    const late = await messageAt(store, answer?.seq ?? 0)
    expectSame([late.quote, late.reply_to], [undefined, target.message_id], 'A later reply quotes nothing')
    expectSame(
      await messageAt(store, replies[0]?.seq ?? 0).then(({ kind }) => kind),
      'text',
      'The replies stay',
    )
    expectSame((await messageAt(store, kept.seq)).message_data, 'kept', 'Other messages keep what they have')
    const { version } = await messageAt(store, target.seq)
    expectTrue((version ?? 0) > 0, 'A removed message keeps its version')
  }),

  oneStore('[CH26] takes people out of entries that name them', async (store) => {
    const mentions = [{ user_id: 'eve', start: 0, end: 4 }]
    const target = await first(store, { message_data: '@Eve Hi', mentions })
    await changed(store, changeDraft(target, react('👍'), by('eve')))
    await changed(store, changeDraft(target, react('👍'), by('ben')))
    await changed(store, changeDraft(target, pin, by('eve')))
    await changed(
      store,
      changeDraft(target, edit('@Eve Hello'), {
        content: { ...edit('@Eve Hello'), mentions } as ChangeContent,
      }),
    )
    const erased = changeDraft(target, unreact('👍'), { ...by('eve'), isErasing: true })
    const { message } = await changed(store, erased)
    expectSame(message.reactions, [{ reaction: '👍', count: 1, user_ids: ['ben'] }], 'Their reactions end')
    const other = await shown(store)
    await store.streams.forget(key, range(1, 9), { zoe: 'erased:zoe' })
    expectSame(await shown(store), other, 'Entries that name others stay as they are')
    await store.streams.forget(key, range(1, 9), { eve: 'erased:1' })
    expectSame((await shown(store)).includes('"eve"'), false, 'No entry names them')
    const entries = await changesOf(store)
    expectSame(
      entries.map(({ change, by }) => [change, by]),
      [
        ['reacted', null],
        ['reacted', 'ben'],
        ['pinned', null],
        ['edited', 'ann'],
        ['unreacted', null],
      ],
      'What they have done is by nobody',
    )
    const { mentions: renamed, pinned_at, message_data } = await messageAt(store, target.seq)
    expectSame(
      [renamed?.[0]?.user_id, pinned_at !== undefined, message_data],
      ['erased:1', true, '@Eve Hello'],
      'The message stays, and mentions what takes the place of their id',
    )
  }),

  oneStore('[CH27] lets go with old messages what others have of them', async (store) => {
    const target = await first(store, { message_data: 'secret' })
    await appendAll(store, [reply(target, 'secret')])
    await new Promise((resolve) => setTimeout(resolve, 5))
    const before = new Date().toISOString()
    await new Promise((resolve) => setTimeout(resolve, 5))
    const [young] = await appendAll(store, [draft({ message_data: 'young' })])
    expectTrue(young !== undefined, 'There is a message')
    await changed(store, changeDraft(target, edit('secret too')))
    await changed(store, changeDraft(target, react('👍')))
    await changed(store, changeDraft(target, pin))
    await appendAll(store, [reply(target, 'secret'), reply(young, 'young')])
    for (let from: string | null = null; ; ) {
      const { next } = await store.streams.prune('acme', before, from)
      if (next === null) break
      from = next
    }
    const left = await shown(store)
    expectSame([left.includes('secret'), left.includes('young')], [false, true], 'Nothing of them is left')
    expectSame(await refused(store, changeDraft(target, pin)), 'not_found', 'They are not changed any more')
    expectSame(await store.streams.pinned(key), '[]', 'They are not pinned')
    expectSame((await messageAt(store, 8)).quote?.message_data, 'young', 'Other quotes stay')
  }),

  reopened(
    '[CH20] has changes after a restart, and goes on from there',
    async (store) => {
      const target = await first(store)
      await changed(store, changeDraft(target, edit('new'), { cid: 'cid' }))
      await changed(store, changeDraft(target, react('👍'), by('ben')))
      return { target, entries: await readEntries(store, key) }
    },
    async (store, { target, entries }) => {
      expectSame(await readEntries(store, key), entries, 'After a restart the entries are what they were')
      const repeated = await changed(store, changeDraft(target, edit('new'), { cid: 'cid' }))
      expectSame([repeated.changed, repeated.head], [false, 3], 'A cid is still known')
      const again = await changed(store, changeDraft(target, react('👍'), by('ben')))
      expectSame(again.changed, false, 'So is who has reacted')
    },
  ),

  threeStores(
    '[CH28] decides changes once, however many ask for them while others append',
    async (stores) => {
      const [store] = stores as readonly [Store]
      const [target, other, old] = (await appendAll(store, drafts(3))) as [
        MessageTarget,
        MessageTarget,
        MessageTarget,
      ]
      const people = range(10, 15).map((n) => `user-${n}`)
      const asked: (() => Promise<object>)[] = stores.flatMap((one) => [
        ...people.map((user) => () => one.streams.change(key, changeDraft(target, react('👍'), by(user)))),
        () => one.streams.change(key, changeDraft(other, edit('same'))),
        () => one.streams.change(key, changeDraft(old, pin)),
        () => one.streams.append(key, drafts(3)),
      ])
      asked.push(() => store.streams.remove(key, { targets: [old.seq], reason: 'deleted' }))
      const answers = await Promise.all(asked.map((ask) => ask()))
      const made = answers.filter((answer) => 'changed' in answer && answer.changed).length
      for (const one of stores) {
        const entries = await readEntries(one, key)
        expectSame(
          entries.map(({ seq }) => seq),
          range(1, entries.length),
          'Every entry has a place of its own',
        )
        const changes = entries.filter((entry): entry is MessageChange => entry.type === 'change')
        expectSame(changes.length, made, 'Each change has one entry')
        const counts = changes.flatMap(({ reaction }) => (reaction ? [reaction.count] : []))
        expectSame(counts, range(1, people.length), 'Each person counts once')
        const messages = entries.filter(isMessage)
        expectSame(messages[0]?.reactions?.[0]?.count, people.length, 'A message has them all')
        expectSame(messages[1]?.message_data, 'same', 'It is edited once')
        expectSame(messages[2]?.kind, 'removed', 'What is removed stays so')
        expectSame(await one.streams.pinned(key), '[]', 'What is removed is not pinned')
        expectSame(
          messages.map(({ nth }) => nth),
          range(1, 12),
          'Changes are not counted as messages',
        )
      }
    },
  ),
]

/** A reply as a server sends it. */
export function reply({ seq, message_id }: MessageTarget, message_data: string) {
  const quoted = { author: 'ann', display_name: null, message_data }
  return draft({
    message_data: 'An answer',
    reply_to: message_id,
    reply_seq: seq,
    quote: { _id: message_id, seq, nth: seq, ...quoted },
  })
}
