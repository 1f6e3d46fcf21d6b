import { describe, expect, it } from 'vitest'
import type { Entry, Message, Page } from '../entities.ts'
import { EntryLog } from './entry-log.ts'

type Log = EntryLog<{ readonly message: Message }>

const entry = (seq: number): Message => ({
  ...{ _id: `id${seq}`, stream: 'room:r', seq, nth: seq, type: 'message', kind: 'text', cid: `c${seq}` },
  ...{ message_data: `${seq}`, author: 'ann', display_name: null, reply_to: null },
  ...{ created_at: '2026-01-01T00:00:00.000Z', client_created_at: null },
})
const deletion = (seq: number, targets: number[], reason: string): Entry => ({
  ...{ _id: `id${seq}`, stream: 'room:r', seq, nth: seq - 1, type: 'deletion', targets, reason },
  created_at: '2026-01-01T00:00:00.000Z',
})
const at = '2026-01-01T00:00:00.000Z'
const change = (seq: number, target: number, changes: object): Entry =>
  ({
    ...{
      _id: `id${seq}`,
      stream: 'room:r',
      seq,
      nth: seq,
      type: 'change',
      target,
      cid: `c${seq}`,
      by: 'bob',
    },
    ...{ created_at: at, ...changes },
  }) as Entry
const entries = (from: number, to: number): Message[] =>
  Array.from({ length: to - from + 1 }, (_, n) => entry(from + n))
const page = (from: number, to: number, changes: Partial<Page> = {}): Page => ({
  ...{ stream: 'room:r', epoch: 'e', head: { seq: to, nth: to, id: to ? `id${to}` : null }, first_seq: 1 },
  ...{ entries: entries(from, to), more: false, ...changes },
})
const newLog = (): Log => new EntryLog((message) => ({ message }))
const seqs = (log: Log): number[] => log.rows.map(({ message }) => message.seq)

describe('an entry log', () => {
  it('drops what it has, and takes what comes next', () => {
    const log = newLog()
    log.apply(page(1, 3))
    log.push({ epoch: 'e', entries: entries(2, 5) })
    expect(seqs(log)).toEqual([1, 2, 3, 4, 5])
    expect(log.position).toEqual({ epoch: 'e', seq: 5, id: 'id5' })
  })

  it('holds back what is ahead until the hole is filled, by a push or a page', () => {
    const log = newLog()
    log.apply(page(1, 1))
    log.push({ epoch: 'e', entries: [entry(3)] })
    expect([seqs(log), log.hasHole]).toEqual([[1], true])
    log.push({ epoch: 'e', entries: [entry(2)] })
    expect([seqs(log), log.hasHole]).toEqual([[1, 2, 3], false])
    log.push({ epoch: 'e', entries: [entry(6)] })
    log.apply(page(4, 5, { head: { seq: 6, nth: 6, id: 'id6' } }))
    expect([seqs(log), log.hasHole]).toEqual([[1, 2, 3, 4, 5, 6], false])
  })

  it('keeps what comes before the first page', () => {
    const log = newLog()
    log.push({ epoch: 'e', entries: entries(4, 5) })
    log.apply(page(1, 3))
    expect(seqs(log)).toEqual([1, 2, 3, 4, 5])
  })

  it('begins anew where the page says so, or is of another log', () => {
    const log = newLog()
    log.apply(page(1, 9))
    expect(log.apply(page(1, 2, { reset: { reason: 'replaced' } }))).toBe(true)
    expect(seqs(log)).toEqual([1, 2])
    expect(log.apply(page(1, 1, { epoch: 'f' }))).toBe(true)
    expect(log.push({ epoch: 'e', entries: [entry(2)] })).toBe(false)
    expect(seqs(log)).toEqual([1])
  })

  it('puts older entries in front, and changes nothing else', () => {
    const log = newLog()
    log.apply(page(5, 6))
    expect(log.prepend(page(1, 4, { head: { seq: 6, nth: 6, id: 'id6' } }), 5)).toBe(true)
    expect(seqs(log)).toEqual([1, 2, 3, 4, 5, 6])
    expect(log.position?.seq).toBe(6)
  })

  it('[RE6] changes the messages that a deletion names, and no other, in whatever order they come', () => {
    const log = newLog()
    log.apply(page(1, 3))
    const [first, second, third] = log.rows
    log.push({ epoch: 'e', entries: [deletion(5, [2, 4], 'erased')] })
    expect(log.rows[1]).toBe(second)
    log.push({ epoch: 'e', entries: [entry(4)] })
    const erased = { kind: 'removed', reason: 'erased', message_data: '', author: null, display_name: null }
    expect(log.rows.map(({ message }) => message)).toEqual([
      first?.message,
      { ...second?.message, ...erased },
      third?.message,
      { ...entry(4), ...erased },
    ])
    expect(log.rows[0]).toBe(first)
    expect(log.rows[2]).toBe(third)
    expect(log.position).toEqual({ epoch: 'e', seq: 5, id: 'id5' })
    log.push({ epoch: 'e', entries: [deletion(6, [2], 'deleted')] })
    expect(log.rows[1]?.message).toMatchObject({ reason: 'erased', author: null })
  })

  it('[RE6] changes older messages from a page that was read before a deletion', () => {
    const log = newLog()
    log.apply(page(5, 6))
    log.push({ epoch: 'e', entries: [deletion(7, [2], 'deleted')] })
    expect(log.prepend(page(1, 4, { head: { seq: 6, nth: 6, id: 'id6' } }), 5)).toBe(true)
    expect(log.rows.map(({ message }) => message.kind === 'removed')).toEqual([
      ...[false, true, false, false],
      ...[false, false],
    ])
    expect(log.prepend(page(1, 4, { epoch: 'f', head: { seq: 9, nth: 6, id: 'id7' } }), 1)).toBe(false)
  })

  it('[RE6, CW1] takes no page that may lack more changes than are remembered', () => {
    const log = newLog()
    log.apply(page(5, 6))
    const changes = Array.from({ length: 300 }, (_, n) => change(n + 7, 5, { change: 'pinned' }))
    log.push({ epoch: 'e', entries: changes })
    const read = (seq: number) => page(1, 4, { head: { seq, nth: 6, id: `id${seq}` } })
    expect(log.prepend(read(6), 5)).toBe(false)
    expect(log.prepend(read(250), 5)).toBe(true)
  })

  it('[CW1] changes messages as changes say, and no other row, in whatever order they come', () => {
    const log = newLog()
    log.apply(page(1, 3))
    const [first, , third] = log.rows
    const like = { reaction: '👍', count: 1, user_ids: ['bob'] }
    log.push({ epoch: 'e', entries: [change(5, 2, { change: 'reacted', reaction: like })] })
    expect(log.rows[1]?.message.reactions).toBeUndefined()
    log.push({ epoch: 'e', entries: [change(4, 2, { change: 'edited', message_data: 'new' })] })
    expect(log.rows[1]?.message).toEqual({
      ...entry(2),
      ...{ message_data: 'new', mentions: undefined, edited_at: at, reactions: [like], version: 5 },
    })
    expect([log.rows[0], log.rows[2]]).toEqual([first, third])
    expect([log.rows[0] === first, log.rows[2] === third]).toEqual([true, true])
    expect(log.position).toEqual({ epoch: 'e', seq: 5, id: 'id5' })
  })

  it('[CW1] takes a change of a later kind as one that shows nothing, and none twice', () => {
    const log = newLog()
    const newer = { ...entry(2), message_data: 'new', version: 5 }
    log.apply(page(1, 3, { entries: [entry(1), newer, entry(3)], head: { seq: 3, nth: 3, id: 'id3' } }))
    const [, row] = log.rows
    log.push({ epoch: 'e', entries: [change(4, 2, { change: 'edited', message_data: 'older' })] })
    expect(log.rows[1]).toBe(row)
    log.push({ epoch: 'e', entries: [change(5, 3, { change: 'translated' })] })
    expect(log.rows[2]?.message).toEqual({ ...entry(3), version: 5 })
    expect(log.position?.seq).toBe(5)
  })

  it('[CW2] clears the quotes of a message that is removed, also in older pages', () => {
    const log = newLog()
    const quoting = (seq: number): Message => ({
      ...entry(seq),
      reply_to: 'id1',
      quote: {
        ...{ _id: 'id1', seq: 1, nth: 1, author: 'ann', display_name: null, message_data: '1' },
      },
    })
    log.apply(page(3, 4, { entries: [quoting(3), entry(4)] }))
    const [, last] = log.rows
    log.push({ epoch: 'e', entries: [deletion(5, [1], 'deleted')] })
    expect(log.rows[0]?.message).toEqual({ ...entry(3), reply_to: 'id1' })
    expect(log.rows[1]).toBe(last)
    const older = page(1, 2, { entries: [entry(1), quoting(2)], head: { seq: 4, nth: 4, id: 'id4' } })
    expect(log.prepend(older, 3)).toBe(true)
    expect(log.rows.map(({ message }) => message.quote !== undefined)).toEqual([false, false, false, false])
  })

  it('is complete and in order after any order of pushes', () => {
    for (let run = 0; run < 200; run++) {
      const log = newLog()
      log.apply(page(0, 0, { entries: [] }))
      const shuffled = entries(1, 20).sort(
        (a, b) => ((a.seq * 7919 + run * 104729) % 101) - ((b.seq * 7919 + run * 104729) % 101),
      )
      for (const one of [...shuffled, ...shuffled.slice(0, 5)]) log.push({ epoch: 'e', entries: [one] })
      expect(seqs(log)).toEqual(entries(1, 20).map(({ seq }) => seq))
    }
  })
})
