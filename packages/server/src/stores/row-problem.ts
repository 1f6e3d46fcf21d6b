import { aliasFields } from './fields/aliases.ts'
import { auditFields } from './fields/audit.ts'
import { blockFields } from './fields/blocks.ts'
import { callFields } from './fields/calls.ts'
import { cannedAnswerFields } from './fields/canned-answers.ts'
import { deliveryFields, noticeFields } from './fields/deliveries.ts'
import type { AnyField, AnyFields } from './fields/field.ts'
import { keyFields } from './fields/keys.ts'
import { lineManagerFields } from './fields/line-managers.ts'
import { paceFields } from './fields/paces.ts'
import { readerFields } from './fields/readers.ts'
import { reportFields } from './fields/reports.ts'
import { revocationFields } from './fields/revocations.ts'
import { roomFields } from './fields/rooms.ts'
import { metaSettingFields, shareLinkFields } from './fields/share-links.ts'
import { entryFields, streamFields } from './fields/streams.ts'
import { threadFields } from './fields/threads.ts'
import { ticketFields } from './fields/tickets.ts'
import { topicFields } from './fields/topics.ts'
import { uploadDayFields, uploadFields } from './fields/uploads.ts'
import { userFields } from './fields/users.ts'
import type { Collection } from './portable.ts'

const fieldsOf: { readonly [C in Collection]: AnyFields } = {
  topics: topicFields,
  line_managers: lineManagerFields,
  tickets: ticketFields,
  canned_answers: cannedAnswerFields,
  share_links: shareLinkFields,
  meta_settings: metaSettingFields,
  rooms: roomFields,
  paces: paceFields,
  calls: callFields,
  users: userFields,
  aliases: aliasFields,
  blocks: blockFields,
  readers: readerFields,
  deliveries: deliveryFields,
  notices: noticeFields,
  threads: threadFields,
  uploads: uploadFields,
  upload_days: uploadDayFields,
  reports: reportFields,
  keys: keyFields,
  audit: auditFields,
  revocations: revocationFields,
  streams: streamFields,
  entries: entryFields,
}

const types: { readonly [K in AnyField['kind']]: string } = {
  text: 'string',
  integer: 'number',
  real: 'number',
  boolean: 'boolean',
  json: 'object',
}
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/

/** The texts that are JSON, whatever is in them. */
const jsonTexts: readonly string[] = [
  'metadata',
  'metadata_text',
  'message_text',
  'event_text',
  'serving_text',
]

/** What names a row within its collection: its stream and seq, or an id. */
export function rowName(collection: Collection, row: object): string {
  const { _id, stream, seq, user_id } = row as { readonly [name: string]: unknown }
  return collection === 'entries' ? `${stream} ${seq}` : String(_id ?? stream ?? user_id)
}

/** What is wrong with a row; undefined if nothing is. */
export function rowProblem(collection: Collection, row: object): string | undefined {
  const values = row as Readonly<Record<string, unknown>>
  for (const [name, field] of Object.entries(fieldsOf[collection])) {
    const problem = valueProblem(name, field, values[name] ?? field.missing ?? null)
    if (problem !== undefined) return `its field ${name} ${problem}`
  }
  return undefined
}

function valueProblem(name: string, { kind, isNullable }: AnyField, value: unknown): string | undefined {
  if (value === null) return isNullable ? undefined : 'is missing'
  if (typeof value !== types[kind]) return 'is of another kind'
  if (kind === 'integer' && !Number.isSafeInteger(value)) return 'is no whole number'
  if (typeof value !== 'string') return undefined
  if (name.endsWith('_at') && !name.startsWith('client_') && !time.test(value)) return 'is no time'
  return jsonTexts.includes(name) && !isJson(value) ? 'is no JSON' : undefined
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
