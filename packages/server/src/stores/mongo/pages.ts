import type { EntryRow } from '../fields/streams.ts'
import type { Log } from '../log.ts'
import {
  type Place,
  planMessages,
  planPage,
  type Reading,
  readingAfter,
  runPlannerAsync,
  type Texts,
  textOfPage,
} from '../page-planner.ts'
import { fitting } from '../page-text.ts'
import type { StoredEntry, StreamKey, StreamStore } from '../store.ts'
import type { Database } from './database.ts'
import type { Logs } from './logs.ts'
import { within } from './where.ts'

/** How many entries MongoDB sends at a time. Small batches for pages, whose bytes often run out before their entries do. */
const pageBatch = 64
const messagesBatch = 256

/** Reads parts of a log; `page` and `messages` answer JSON. */
export interface Pages extends Pick<StreamStore, 'page' | 'messages'> {
  entries(key: StreamKey, after: number): Promise<StoredEntry[]>
}

/** Reads pages as bounded ranges of `seq`, which has no holes. */
export function mongoPages(
  { deadlines }: Database,
  { entries, find }: Pick<Logs, 'entries' | 'find'>,
): Pages {
  const placesOf =
    ({ key: { workspace_id, stream } }: Log) =>
    async (seq: number): Promise<Place | undefined> => {
      const row = await entries.get({ workspace_id, stream, seq }, ['_id', 'nth'])
      return row && { id: row._id, nth: row.nth }
    }

  /** Answers undefined if retention has removed some of the entries since the log was looked at. */
  async function read({ key }: Log, reading: Reading, batch: number): Promise<Texts | undefined> {
    const { low, high, loose, messagesOnly, count, maxBytes } = reading
    if (high < low) return { low, high, texts: '' }
    const { workspace_id, stream } = key
    const rows = entries.each(
      { workspace_id, stream, seq: within(low, high) },
      { fields: ['seq', 'text', 'type'], sort: { seq: loose === 'older' ? -1 : 1 }, batch },
    )
    const { taken, isCut } = await takeFitting(messagesOnly ? messagesOf(rows) : rows, maxBytes)
    if (!isCut && taken.length !== count) return undefined
    if (loose === 'newer' && taken[0]?.seq !== low) return undefined
    const oldestFirst = loose === 'older' ? taken.reverse() : taken
    const cut = isCut && { low: oldestFirst[0]?.seq ?? low, high: oldestFirst.at(-1)?.seq ?? high }
    return { low, high, ...cut, texts: oldestFirst.map(({ text }) => text).join() }
  }

  return {
    page(key, range) {
      return deadlines.persist(async () => {
        const log = await find(key)
        if (!log) return null
        const plan = await runPlannerAsync(planPage(log, range), placesOf(log))
        const found = await read(log, plan, pageBatch)
        return found && { text: textOfPage(log, plan, found), head: log.head.seq }
      })
    },

    async entries({ workspace_id, stream }, after) {
      const { low, high, maxBytes } = readingAfter(after)
      const rows = entries.each(
        { workspace_id, stream, seq: within(low, high) },
        { fields: ['text', 'sid'], sort: { seq: 1 }, batch: pageBatch },
      )
      return (await takeFitting(rows, maxBytes)).taken
    },

    messages(key, max) {
      return deadlines.persist(async () => {
        const log = await find(key)
        if (!log) return '[]'
        const reading = await runPlannerAsync(planMessages(log, max), placesOf(log))
        const found = await read(log, reading, messagesBatch)
        return found && `[${found.texts}]`
      })
    },
  }
}

// Here and not in the filter, for which one database or another would leave the index.
async function* messagesOf<Row extends Pick<EntryRow, 'type'>>(rows: AsyncIterable<Row>): AsyncIterable<Row> {
  for await (const row of rows) if (row.type === null) yield row
}

/** Takes rows for as long as their texts fit together. */
async function takeFitting<Row extends { readonly text: string }>(
  rows: AsyncIterable<Row>,
  maxBytes: number,
): Promise<{ taken: Row[]; isCut: boolean }> {
  const fits = fitting(maxBytes)
  const taken: Row[] = []
  for await (const row of rows) {
    if (!fits(Buffer.byteLength(row.text))) return { taken, isCut: true }
    taken.push(row)
  }
  return { taken, isCut: false }
}
