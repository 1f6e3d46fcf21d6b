import { isNormalName, type Message, normalName, topicName } from '@dowellchat/protocol'
import type { LineManagerRow } from './fields/line-managers.ts'
import type { EntryRow } from './fields/streams.ts'
import type { TicketRow } from './fields/tickets.ts'
import type { TopicRow } from './fields/topics.ts'
import { rewriteText } from './portable.ts'

/** A name that an earlier version kept and that is not normal; `to` is null if nothing visible is left of it. */
export interface Misnamed {
  readonly field: string
  readonly from: string
  readonly to: string | null
}

/** A row with normal names, as far as these exist. */
export interface Mended<Row> {
  readonly row: Row
  readonly found: readonly Misnamed[]
}

/** Names that stay as they are, because their normal forms are taken. */
export interface Kept {
  readonly topics: ReadonlySet<string>
  readonly lineManagers: ReadonlySet<string>
}

type Normalize = (name: string) => string

export function misnamed(
  field: string,
  from: string | null,
  normalize: Normalize = normalName,
): Misnamed | undefined {
  if (from === null) return undefined
  const to = normalize(from)
  if (to === from && isNormalName(from)) return undefined
  return { field, from, to: isNormalName(to) ? to : null }
}

/** Undefined where the text is damaged, which `check` lists by itself. */
function messageIn(text: string): Partial<Message> | undefined {
  try {
    return JSON.parse(text) as Partial<Message>
  } catch {
    return undefined
  }
}

function mend<Row extends object>(row: Row, names: readonly (Misnamed | undefined)[]): Mended<Row> {
  const found = names.filter((name) => name !== undefined)
  const changes = found.flatMap(({ field, to }) => (to === null ? [] : [[field, to]]))
  return { row: { ...row, ...(Object.fromEntries(changes) as Partial<Row>) }, found }
}

export function mendTopic(row: TopicRow): Mended<TopicRow> {
  return mend(row, [misnamed('name', row.name, topicName), misnamed('user_id', row.user_id)])
}

export function mendLineManager(row: LineManagerRow): Mended<LineManagerRow> {
  return mend(row, [misnamed('user_id', row.user_id), misnamed('created_by', row.created_by)])
}

export function mendTicket(row: TicketRow, { topics, lineManagers }: Kept): Mended<TicketRow> {
  const { user_id, closed_by, line_manager, product } = row
  const isKept = line_manager !== null && lineManagers.has(line_manager)
  return mend(row, [
    misnamed('user_id', user_id),
    misnamed('closed_by', closed_by),
    isKept ? undefined : misnamed('line_manager', line_manager),
    topics.has(product) ? undefined : misnamed('product', product, topicName),
  ])
}

export function mendEntry(row: EntryRow, { topics }: Kept): Mended<EntryRow> {
  const author = misnamed('author', row.author)
  const message = messageIn(row.text)
  if (!message) return { row, found: [] }
  const { product = null } = message
  const topic = product === null || topics.has(product) ? undefined : misnamed('product', product, topicName)
  if (!author && !topic) return { row, found: [] }
  const text = rewriteText(row.text, {
    ...(author?.to != null && { author: author.to }),
    ...(topic?.to != null && { product: topic.to }),
  })
  const mended = mend(row, [author])
  return { row: { ...mended.row, text }, found: [author, topic].filter((name) => name !== undefined) }
}
