import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { limits } from '@dowellchat/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { mainThreadStore } from '../testing/broken-stores/main-thread-store.ts'
import { changeDraft, draft, drafts, placedOf, range, room } from '../testing/store-cases/making.ts'
import { appendAll, changed } from '../testing/store-cases/message-changes.ts'
import { withStore } from '../testing/store-cases/store-case.ts'
import type { ChangeContent, MessageTarget, Store } from './store.ts'

const key = room('r')
const edit = (message_data: string): ChangeContent => ({ change: 'edited', message_data })
const react = (reaction: string): ChangeContent => ({ change: 'reacted', reaction })
const pin: ChangeContent = { change: 'pinned' }

async function inStore(run: (store: Store) => Promise<void>, open = mainThreadStore()): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  await withStore(() => open(folder), run)
}

describe('the limits of changes', () => {
  it('[CH23] let so many messages of a stream be pinned, and another one once one is not', async () => {
    await inStore(async (store) => {
      const targets = await appendAll(store, drafts(limits.pins + 1))
      const last = targets.pop() as MessageTarget
      for (const target of targets) await changed(store, changeDraft(target, pin))
      const outcome = await store.streams.change(key, changeDraft(last, pin))
      expect(outcome).toEqual({ refused: 'limit_reached', why: 'At most 100 messages can be pinned' })
      await changed(store, changeDraft(targets[0] as MessageTarget, { change: 'unpinned' }))
      expect(await changed(store, changeDraft(last, pin))).toMatchObject({ changed: true })
    })
  })

  it('[CH22] let a message have so many different reactions', async () => {
    await inStore(async (store) => {
      const [target] = (await appendAll(store, drafts(1))) as [MessageTarget]
      for (const n of range(1, limits.reactions)) await changed(store, changeDraft(target, react(`r${n}`)))
      expect(await store.streams.change(key, changeDraft(target, react('one more')))).toEqual({
        refused: 'limit_reached',
        why: 'A message has at most 20 different reactions',
      })
      const again = changeDraft(target, react('r2'), { user_ids: ['ben'] })
      expect(await changed(store, again)).toMatchObject({ changed: true })
    })
  })

  it('[CH21] let the 100 last texts of a message be read', async () => {
    await inStore(async (store) => {
      const [target] = (await appendAll(store, [draft({ message_data: 'first' })])) as [MessageTarget]
      const texts = async () => (await store.streams.versions(key, target))?.map((one) => one.message_data)
      for (const n of range(1, 100)) await changed(store, changeDraft(target, edit(`edit ${n}`)))
      expect(await texts()).toEqual(['first', ...range(1, 99).map((n) => `edit ${n}`)])
      await changed(store, changeDraft(target, edit('edit 101')))
      expect(await texts()).toEqual(range(1, 100).map((n) => `edit ${n}`))
    })
  })
})

describe('the texts of changes', () => {
  it('[CH20] are whole as stores write them, so that pages need not look closer', async () => {
    const { areWhole } = await import('./whole-entries.ts')
    await inStore(async (store) => {
      const mentions = [{ user_id: 'ben', start: 0, end: 4 }]
      const metadata = { n: 1, list: [null, true, -1.5e9], deep: { text: 'a "quoted" text' } }
      const [sent] = (await store.streams.append(key, [draft({ message_data: '@Ben', mentions, metadata })]))
        .appended
      const { seq, _id } = placedOf(sent).placed
      const target = { seq, message_id: _id }
      const quote = { _id, seq, nth: 1, author: null, display_name: 'Ann', message_data: '@Ben' }
      await store.streams.append(key, [draft({ reply_to: _id, reply_seq: seq, quote })])
      for (const content of [edit('new'), react('👍'), pin, { change: 'thread_started' } as const])
        await changed(store, changeDraft(target, content))
      const { entries } = await store.streams.entries(key, 0)
      const read = entries.map(({ text }) => JSON.parse(text) as { _id: string; seq: number })
      const place = { stream: key.stream, low: 1, high: read.length, messagesOnly: false, count: read.length }
      const joined = entries.map(({ text }) => text).join()
      expect(areWhole(joined, { ...place, ids: read.map((one) => one._id).join() })).toBe(true)
      const damaged = joined.replace('"has_thread":true', '"has_thread":"yes"')
      expect(areWhole(damaged, { ...place, ids: read.map((one) => one._id).join() })).toBe(false)
    })
  })
})

describe('damaged rows', () => {
  /** Sets a column of the row at a seq as soon as somebody asks for the head. */
  const damaging = (column: string, seq: number) =>
    mainThreadStore({
      ran([, method], _answer, db) {
        if (method === 'head') db.exec(`UPDATE entries SET ${column} = x'00' WHERE seq = ${seq}`)
      },
    })

  it('[CH29] of a change are told as a deletion of nothing, and of a message as removed', async () => {
    for (const [seq, told] of [
      [2, { type: 'deletion', targets: [], reason: 'damaged', nth: 1 }],
      [1, { type: 'message', kind: 'removed', reason: 'damaged', nth: 1 }],
    ] as const) {
      await inStore(
        async (store) => {
          const [target] = (await appendAll(store, drafts(1))) as [MessageTarget]
          await changed(store, changeDraft(target, react('👍')))
          await changed(store, changeDraft(target, pin))
          await store.streams.head(key)
          const { entries } = await store.streams.entries(key, 0)
          const read = entries.map(({ text }) => JSON.parse(text) as object)
          expect(read.map((one) => ('seq' in one ? one.seq : 0))).toEqual([1, 2, 3])
          expect(read[seq - 1]).toMatchObject(told)
          const outcome = await store.streams.change(key, changeDraft(target, edit('new')))
          expect('refused' in outcome && outcome.refused).toBe(seq === 1 ? 'not_found' : false)
          const { removed } = await store.streams.remove(key, { targets: [1], reason: 'erased' })
          expect(removed).toEqual([1])
        },
        damaging('text', seq),
      )
    }
  })
})
