import { aliasFields } from '../fields/aliases.ts'
import { auditFields } from '../fields/audit.ts'
import { blockFields } from '../fields/blocks.ts'
import { callFields } from '../fields/calls.ts'
import { cannedAnswerFields } from '../fields/canned-answers.ts'
import { deliveryFields, noticeFields } from '../fields/deliveries.ts'
import { namesOf } from '../fields/field.ts'
import { keyFields } from '../fields/keys.ts'
import { lineManagerFields } from '../fields/line-managers.ts'
import { paceFields } from '../fields/paces.ts'
import { readerFields } from '../fields/readers.ts'
import { reportFields } from '../fields/reports.ts'
import { revocationFields } from '../fields/revocations.ts'
import { roomFields } from '../fields/rooms.ts'
import { metaSettingFields, shareLinkFields } from '../fields/share-links.ts'
import { type EntryRow, entryFields, streamFields } from '../fields/streams.ts'
import { threadFields } from '../fields/threads.ts'
import { ticketFields } from '../fields/tickets.ts'
import { topicFields } from '../fields/topics.ts'
import { uploadDayFields, uploadFields } from '../fields/uploads.ts'
import { userFields } from '../fields/users.ts'
import { workspaceFields } from '../fields/workspaces.ts'
import { type Columns, columnsOf, fieldColumns, jsonColumn } from './columns.ts'

/**
 * The columns of every table that has an entity's rows. Beside them a table has `workspace_id` and `n`, which counts rows
 * in the order in which they were made; entries have `stream_n` instead.
 */
export const tables = {
  workspaces: columnsOf('workspaces', workspaceFields),
  topics: columnsOf('topics', topicFields),
  line_managers: columnsOf('line_managers', lineManagerFields),
  tickets: columnsOf('tickets', ticketFields),
  canned_answers: columnsOf('canned_answers', cannedAnswerFields),
  share_links: columnsOf('share_links', shareLinkFields),
  meta_settings: columnsOf('meta_settings', metaSettingFields),
  users: columnsOf('users', userFields),
  aliases: columnsOf('aliases', aliasFields),
  blocks: columnsOf('blocks', blockFields),
  readers: columnsOf('readers', readerFields),
  reports: columnsOf('reports', reportFields),
  keys: columnsOf('keys', keyFields),
  audit: columnsOf('audit', auditFields),
  rooms: columnsOf('rooms', roomFields),
  paces: columnsOf('paces', paceFields),
  // What clients see of a call is one JSON text, its id included.
  calls: columnsOf('calls', callFields, [
    ...fieldColumns(callFields, ['_id', ...namesOf(callFields, 'store')]),
    jsonColumn('body', callFields, namesOf(callFields, 'entity')),
  ]),
  revocations: columnsOf('revocations', revocationFields),
  threads: columnsOf('threads', threadFields),
  deliveries: columnsOf('deliveries', deliveryFields),
  notices: columnsOf('notices', noticeFields),
  uploads: columnsOf('uploads', uploadFields),
  upload_days: columnsOf('upload_days', uploadDayFields),
  streams: columnsOf('streams', streamFields),
  // The name of their stream is in the stream's own row.
  entries: entryColumns(),
}

function entryColumns(): Columns<Omit<EntryRow, 'stream'>> {
  const { stream: _, ...fields } = entryFields
  return columnsOf('entries', fields)
}
