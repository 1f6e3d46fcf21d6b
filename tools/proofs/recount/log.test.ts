import { expect, it } from 'vitest'
import type { Entry, Message, MessageChange } from '../../../packages/protocol/src/index.ts'
import { mentionsOf, pinnedOf, threadOf, unreadOf } from './counts.ts'
import { logOf } from './log.ts'
import { wrongReader } from './marks.ts'
import { brokenPromises, brokenSilences } from './promised.ts'
import { wrongRows } from './shown.ts'
import { type Deed, World } from './world.ts'

const stream = 'room:r'
const time = (seq: number) => new Date(Date.UTC(2026, 0, 1, 8, 0, seq)).toISOString()

/** An entry; what nobody looks at is left out. */
const entry = (seq: number, nth: number, fields: object): Entry =>
  ({ _id: `id ${seq}`, stream, seq, nth, cid: `cid ${seq}`, created_at: time(seq), ...fields }) as Entry
const said = (seq: number, nth: number, author: string, more: object = {}): Message =>
  entry(seq, nth, {
    ...{ type: 'message', kind: 'text', author, message_data: `text ${seq}`, ...more },
  }) as Message
const changed = (
  seq: number,
  nth: number,
  target: number,
  change: string,
  more: object = {},
): MessageChange => entry(seq, nth, { type: 'change', change, target, by: 'ben', ...more }) as MessageChange

const ok = { reaction: 'ok', count: 1, user_ids: ['ben'] }
const forAnn = [{ user_id: 'ann', start: 0, end: 3 }]
/** Ann's message has ben's reaction and is pinned; ben's mentions her. */
const good: readonly Entry[] = [
  said(1, 1, 'ann', { reactions: [ok], pinned_at: time(4), pinned_by: 'ben', version: 4 }),
  said(2, 2, 'ben', { mentions: forAnn }),
  changed(3, 2, 1, 'reacted', { reaction: ok }),
  changed(4, 2, 1, 'pinned'),
]
const with_ = (at: number, fields: object): Entry[] =>
  good.map((one, nth) => (nth === at ? ({ ...one, ...fields } as Entry) : one))

it('finds what contradicts itself in a log', () => {
  const wrongIn = (entries: readonly Entry[]) => logOf(stream, entries).wrong
  expect(wrongIn(good)).toEqual([])
  expect(wrongIn(good.slice(1))).not.toEqual([])
  expect(wrongIn(with_(3, { nth: 3 }))).toEqual([`${stream} 4: has nth 3`])
  expect(wrongIn(with_(3, { cid: 'cid 3' }))).toEqual([`${stream} 4: repeats the cid ben cid 3`])
  expect(wrongIn(with_(3, { target: 3 }))).toContain(`${stream} 4: changes what is no message`)
  expect(wrongIn(with_(0, { reactions: [{ ...ok, count: 2 }] }))).toHaveLength(1)
  expect(wrongIn(with_(0, { reactions: undefined }))).toHaveLength(1)
  expect(wrongIn(with_(0, { pinned_at: undefined, pinned_by: undefined }))).toHaveLength(2)
  expect(wrongIn(with_(0, { version: 3 }))).toHaveLength(1)
  expect(wrongIn(with_(1, { has_thread: true }))).toHaveLength(1)
  const twice = changed(5, 2, 1, 'reacted', { reaction: ok })
  expect(wrongIn([...with_(0, { version: 5 }), twice])).toEqual([`${stream} 5: ben has reacted ok twice`])
  const edit = changed(5, 2, 1, 'edited', { message_data: 'new' })
  expect(wrongIn([...good, edit])).toContain(`${stream} 5: ben has edited what is ann's`)
  const removed = entry(5, 2, { type: 'deletion', targets: [2], reason: 'deleted' })
  expect(wrongIn([...good, removed]).length).toBeGreaterThan(0)
  const gone = { kind: 'removed', message_data: '', mentions: undefined }
  expect(wrongIn([...with_(1, gone), removed])).toEqual([])
})

it('counts what is unread, mentions, pins and threads', () => {
  const log = logOf(stream, good)
  expect([unreadOf(log, 'ann', 0), unreadOf(log, 'ben', 0), unreadOf(log, 'ann', 2)]).toEqual([1, 1, 0])
  expect([mentionsOf(log, 'ann', 0), mentionsOf(log, 'ann', 2), mentionsOf(log, 'ben', 0)]).toEqual([1, 0, 0])
  expect(pinnedOf(log)).toEqual(['id 1'])
  expect(threadOf(log)).toEqual({ count: 2, last_at: time(2), last_authors: ['ben', 'ann'] })
})

it('finds readers, lists and promises that are not as the log says', () => {
  const world = new World(1)
  const log = logOf(stream, good)
  const flags = { is_muted: false, is_pinned: false, is_archived: false }
  const reader = { stream, nth: 1, unread: 1, mentions: 1, version: 2, ...flags }
  world.noteReader('ann', reader)
  const wrong = (changes: object) => wrongReader(world, 'ann', { ...reader, ...changes }, log)
  expect(wrong({})).toEqual([])
  for (const change of [{ unread: 2 }, { mentions: 0 }, { is_muted: true }, { version: 1 }])
    expect(wrong(change), JSON.stringify(change)).toHaveLength(1)
  // Nothing has raised it to ben's message, and nothing lowered it.
  expect(wrong({ nth: 2, unread: 0, mentions: 0, version: 3 })).toHaveLength(1)
  expect(wrong({ nth: 0, version: 3 })).toHaveLength(1)
  // Unless somebody has asked for it and was not answered.
  const asked = (request: 'mark_read' | 'mark_unread', nth: number) =>
    world.unansweredMarks.push({ user: 'ann', stream, request, nth })
  asked('mark_read', 0)
  expect(wrong({ nth: 0, version: 3 })).toHaveLength(1)
  asked('mark_read', 2)
  expect(wrong({ nth: 2, unread: 0, mentions: 0, version: 3 })).toEqual([])
  asked('mark_unread', 0)
  expect(wrong({ nth: 0, version: 3 })).toEqual([])
  // Or a message of theirs was on its way when they marked what is before it as unread.
  const later = logOf(stream, [...good, said(5, 3, 'ben'), said(6, 4, 'ben'), said(7, 5, 'ann')])
  const raised = { ...reader, nth: 3, mentions: 0, version: 3 }
  expect(wrongReader(world, 'ann', raised, later)).toHaveLength(1)
  const marking = { user: 'ann', stream, request: 'mark_unread', asked: 4, at: time(8), reader } as const
  world.markings.push(marking)
  expect(wrongReader(world, 'ann', raised, later)).toEqual([])
  const others = logOf(stream, [...good, said(5, 3, 'ben'), said(6, 4, 'ben')])
  expect(wrongReader(world, 'ann', raised, others)).toHaveLength(1)

  const rows = log.messages.map(({ now }) => ({ message: now, delivery: 'sent', status: 'unchanged' }))
  const shown = (list: readonly object[]) => wrongRows('ann', list as never, false, log)
  expect(shown(rows)).toEqual([])
  expect(shown(rows.slice(1))).toHaveLength(1)
  expect(
    shown([{ ...rows[0], message: { ...log.messages[0]?.now, reactions: [] } }, ...rows.slice(1)]),
  ).toHaveLength(1)

  const deed: Deed = {
    ...{ user: 'ben', request: 'react', stream, cid: 'cid 3', target: 1, text: null },
    ...{ outcome: 'done', code: null },
  }
  const logs = new Map([[stream, log]])
  const broken = (change: Partial<Deed>) => {
    const one = new World(1)
    one.note({ ...deed, ...change })
    return brokenPromises(one, logs, [])
  }
  expect(broken({})).toEqual([])
  for (const change of [{ cid: 'another' }, { target: 2 }, { outcome: 'refused' as const }])
    expect(broken(change), JSON.stringify(change)).toHaveLength(1)
  expect(broken({ request: 'send', cid: 'another', target: null })).toHaveLength(1)
  expect(broken({ request: 'delete_message' })).toHaveLength(1)
  expect(brokenPromises(new World(1, time(0)), logs, ['ann', 'ben'])).toHaveLength(2)
  world.silences.push({ user: 'ben', stream, from: time(2), until: time(4) })
  expect(brokenSilences(world, logs)).toHaveLength(1)
})
