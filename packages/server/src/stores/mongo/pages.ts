import type { Head } from '@dowellchat/protocol'
import type { EntryRow } from '../fields/streams.ts'
import type { DamagedRow } from '../health.ts'
import type { Log } from '../log.ts'
import {
  planMessages,
  planPage,
  type Reading,
  readingAfter,
  readingRest,
  type Texts,
  textOfPage,
} from '../page-planner.ts'
import { fitting } from '../page-text.ts'
import { type Place, runPlannerAsync } from '../places.ts'
import type { StoredEntry, StreamKey, StreamStore } from '../store.ts'
import { damagedText } from '../told.ts'
import { areWhole, damageOf } from '../whole-entries.ts'
import type { Database } from './database.ts'
import type { Logs } from './logs.ts'
import { within } from './where.ts'

/** How many entries MongoDB sends at a time. Small batches for pages, whose bytes often run out before their entries do. */
const pageBatch = 64
const messagesBatch = 256

/** Reads parts of a log; `page` and `messages` answer JSON. */
export interface Pages extends Pick<StreamStore, 'page' | 'messages'> {
  entries(key: StreamKey, after: number): Promise<{ entries: StoredEntry[]; last: Head | undefined }>
}

/** Reads pages as bounded ranges of `seq`, which has no holes. */
export function mongoPages(
  { deadlines }: Database,
  { entries, find }: Pick<Logs, 'entries' | 'find'>,
  report: (row: DamagedRow) => void,
): Pages {
  const placesOf =
    ({ key: { workspace_id, stream } }: Log) =>
    async (seq: number): Promise<Place | undefined> => {
      const row = await entries.get({ workspace_id, stream, seq }, ['_id', 'nth'])
      return row && { id: row._id, nth: row.nth }
    }

  /** Answers undefined if retention has removed some of the entries since the log was looked at. */
  async function read({ key }: Log, reading: Reading, batch: number): Promise<Texts | undefined> {
    const { low, high, loose, messagesOnly, count, firstNth } = reading
    if (high < low) return { low, high, texts: '' }
    const { workspace_id, stream } = key
    const rows = entries.each(
      { workspace_id, stream, seq: within(low, high) },
      { fields: ['seq', 'nth', '_id', 'text', 'type'], sort: { seq: loose === 'older' ? -1 : 1 }, batch },
    )
    const { taken, isCut } = await takeFitting(messagesOnly ? messagesOf(rows) : rows, reading)
    if (!isCut && taken.length !== count) return undefined
    const [first] = taken
    if (loose === 'newer' && !messagesOnly && first?.seq !== low) return undefined
    if (firstNth !== undefined && first && first.nth !== firstNth) return undefined
    const last = taken.at(-1)?.seq
    const cut = isCut && (loose === 'older' ? { low: last ?? high + 1 } : { high: last ?? low - 1 })
    const oldestFirst = loose === 'older' ? taken.reverse() : taken
    const texts = textsOf(oldestFirst, key, messagesOnly, report)
    return { low, high, ...cut, texts: texts.join() }
  }

  return {
    page(key, range) {
      return deadlines.persist(async () => {
        const log = await find(key)
        if (!log) return null
        const plan = await runPlannerAsync(planPage(log, range), placesOf(log))
        const found = await read(log, plan, pageBatch)
        if (!found || !plan.newer) return found && { text: textOfPage(log, plan, found), head: log.head.seq }
        const newer = await read(log, readingRest(plan.newer, found), pageBatch)
        return newer && { text: textOfPage(log, plan, found, newer), head: log.head.seq }
      })
    },

    async entries({ workspace_id, stream }, after) {
      const reading = readingAfter(after)
      const { low, high } = reading
      const rows = entries.each(
        { workspace_id, stream, seq: within(low, high) },
        { fields: ['seq', 'nth', '_id', 'text', 'type', 'sid'], sort: { seq: 1 }, batch: pageBatch },
      )
      const { taken } = await takeFitting(rows, reading)
      const texts = textsOf(taken, { workspace_id, stream }, false, report)
      const last = taken.at(-1)
      return {
        entries: taken.map(({ sid }, at) => ({ text: texts[at] ?? '', sid })),
        last: last && { seq: last.seq, nth: last.nth, id: last._id },
      }
    },

    messages(key, max) {
      return deadlines.persist(async () => {
        const log = await find(key)
        if (!log) return { text: '[]', head: 0 }
        const reading = await runPlannerAsync(planMessages(log, max), placesOf(log))
        const found = await read(log, reading, messagesBatch)
        return found && { text: `[${found.texts}]`, head: log.head.seq }
      })
    },
  }
}

type Read = Pick<EntryRow, 'seq' | 'nth' | '_id' | 'text' | 'type'>

/** The entries' texts: those that are not whole are told as removed, and reported. */
function textsOf(
  rows: readonly Read[],
  key: StreamKey,
  messagesOnly: boolean,
  report: (row: DamagedRow) => void,
): string[] {
  const texts = rows.map(({ text }) => text)
  const [first, last] = [rows[0], rows.at(-1)]
  if (!first || !last) return texts
  const ids = rows.map(({ _id }) => _id).join()
  const place = { stream: key.stream, low: first.seq, high: last.seq, count: rows.length }
  if (areWhole(texts.join(), { ...place, ids, messagesOnly })) return texts
  return rows.map((row) => toldText(row, key, report))
}

/** An entry's text, or what is told in its place. */
export function toldText(
  row: Read,
  { workspace_id, stream }: StreamKey,
  report: (row: DamagedRow) => void,
): string {
  const problem = damageOf(row.text, { ...row, stream })
  if (problem === undefined) return row.text
  const { seq } = row
  report({ workspace_id, collection: 'entries', place: `${stream} ${seq}`, problem })
  return damagedText(row, { stream, seq, nth: seq })
}

// Here and not in the filter, for which one database or another would leave the index.
async function* messagesOf<Row extends Pick<EntryRow, 'type'>>(rows: AsyncIterable<Row>): AsyncIterable<Row> {
  for await (const row of rows) if (row.type === null) yield row
}

/** Takes rows for as long as their texts fit together. */
async function takeFitting<Row extends { readonly text: string }>(
  rows: AsyncIterable<Row>,
  { maxBytes, mayBeEmpty }: Pick<Reading, 'maxBytes' | 'mayBeEmpty'>,
): Promise<{ taken: Row[]; isCut: boolean }> {
  const fits = fitting(maxBytes, !mayBeEmpty)
  const taken: Row[] = []
  for await (const row of rows) {
    // A damaged row may have no text.
    if (!fits(Buffer.byteLength(String(row.text)))) return { taken, isCut: true }
    taken.push(row)
  }
  return { taken, isCut: false }
}
