import { expect, it } from 'vitest'
import type { Message } from '../entities.ts'
import { EntryLog } from './entry-log.ts'
import type { SentRow } from './message-rows.ts'
import { createStreamSource } from './stream-state.ts'

const message = (seq: number): Message => ({
  ...{ _id: `id${seq}`, stream: 'room:r', seq, nth: seq, type: 'message', kind: 'text', cid: `c${seq}` },
  ...{ message_data: `${seq}`, author: 'ann', display_name: null, reply_to: null },
  ...{ created_at: '2026-01-01T00:00:00.000Z', client_created_at: null },
})
const rowOf = (one: Message): SentRow => ({
  ...{ key: one.cid, message: one, delivery: 'sent', isOwn: true },
  ...{ reactions: [], mentionsMe: false, isBlocked: false, status: 'unchanged' },
  ...{ error: null, retry: null, discard: null },
})

/** A log of so many messages whose rows are counted: how many are made, and how often one is looked at. */
function openLog(loaded: number) {
  const counts = { made: 0, read: 0 }
  const log = new EntryLog<SentRow>((one) => {
    counts.made += 1
    const row = rowOf(one)
    return {
      ...row,
      get message() {
        counts.read += 1
        return row.message
      },
    }
  })
  const source = createStreamSource()
  const head = { seq: loaded, nth: loaded, id: `id${loaded}` }
  const entries = Array.from({ length: loaded }, (_, n) => message(n + 1))
  log.apply({ stream: 'room:r', epoch: 'e', head, first_seq: 1, entries, more: false })
  source.show({ status: 'ready' }, log.rows, [])
  return { log, source, counts }
}

// The short form of `pnpm prove sdk-cost`.
it.each([50, 5_000, 40_000])('[LG1] does the same for a new message beside %i loaded ones', (loaded) => {
  const { log, source, counts } = openLog(loaded)
  const rows = log.rows
  const states: ReturnType<typeof source.state.getSnapshot>[] = []
  source.state.subscribe(() => states.push(source.state.getSnapshot()))
  counts.made = 0
  for (let seq = loaded + 1; seq <= loaded + 100; seq++) {
    log.push({ epoch: 'e', entries: [message(seq)] })
    source.show({}, log.rows, [])
  }
  expect([counts.made, counts.read, states.length]).toEqual([100, 0, 100])
  expect(log.rows).toBe(rows)
  // What is read later is what there was.
  expect([states[0], states[99]].map((state) => state?.messages.length)).toEqual([loaded + 1, loaded + 100])
  expect(states[0]?.messages).toBe(states[0]?.messages)
})

it('[LG1] shows what a removal or a bound has changed to later readers alone', () => {
  const { log, source } = openLog(60)
  const before = source.state.getSnapshot()
  log.push({ epoch: 'e', entries: [message(61)] })
  log.keep(50)
  source.show({}, log.rows, [])
  const after = source.state.getSnapshot().messages
  expect(before.messages.map(({ message: { seq } }) => seq)).toEqual(
    Array.from({ length: 60 }, (_, n) => n + 1),
  )
  expect(after.map(({ message: { seq } }) => seq)).toEqual(Array.from({ length: 50 }, (_, n) => n + 12))
})

it('[LG1] tells nobody when a message only moves from the outbox to the stream', () => {
  const log = new EntryLog<SentRow>((one) => (one.seq === 4 ? row : rowOf(one)))
  const row = rowOf(message(4))
  const source = createStreamSource()
  const head = { seq: 3, nth: 3, id: 'id3' }
  const entries = [1, 2, 3].map(message)
  log.apply({ stream: 'room:r', epoch: 'e', head, first_seq: 1, entries, more: false })
  source.show({}, log.rows, [row])
  const shown = source.state.getSnapshot()
  log.push({ epoch: 'e', entries: [message(4)] })
  source.show({}, log.rows, [])
  expect(source.state.getSnapshot()).toBe(shown)
  expect(shown.messages).toHaveLength(4)
})
