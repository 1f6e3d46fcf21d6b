import { aliasFields } from '../../fields/aliases.ts'
import { auditFields } from '../../fields/audit.ts'
import { blockFields } from '../../fields/blocks.ts'
import { callFields } from '../../fields/calls.ts'
import { cannedAnswerFields } from '../../fields/canned-answers.ts'
import { deliveryFields, noticeFields } from '../../fields/deliveries.ts'
import { keyFields } from '../../fields/keys.ts'
import { lineManagerFields } from '../../fields/line-managers.ts'
import { paceFields } from '../../fields/paces.ts'
import { readerFields } from '../../fields/readers.ts'
import { reportFields } from '../../fields/reports.ts'
import { roomFields } from '../../fields/rooms.ts'
import { metaSettingFields, shareLinkFields } from '../../fields/share-links.ts'
import { threadFields } from '../../fields/threads.ts'
import { type TicketRow, ticketFields } from '../../fields/tickets.ts'
import { topicFields } from '../../fields/topics.ts'
import { uploadDayFields, uploadFields } from '../../fields/uploads.ts'
import { userFields } from '../../fields/users.ts'
import type { Collection, PortableRows } from '../../portable.ts'
import { aliasRows } from '../aliases.ts'
import { auditRows, toAuditDocument } from '../audit.ts'
import { blockRows } from '../blocks.ts'
import { callRows, toMovedDocument } from '../calls.ts'
import { cannedAnswerRows } from '../canned-answers.ts'
import type { Database } from '../database.ts'
import { deliveryRows } from '../deliveries.ts'
import { keyRows } from '../keys.ts'
import { lineManagerRows } from '../line-manager-rows.ts'
import { logRows } from '../logs.ts'
import { noticeRows } from '../notices.ts'
import { paceRows } from '../paces.ts'
import { readerRows } from '../reader-rows.ts'
import { reportRows } from '../reports.ts'
import { revocationRows } from '../revocations.ts'
import { roomRows, toRoomDocument } from '../rooms.ts'
import type { Rows } from '../rows.ts'
import { metaSettingRows, shareLinkRows } from '../share-links.ts'
import { threadRows } from '../threads.ts'
import { type TicketDocument, ticketRows, toTicketDocument } from '../ticket-rows.ts'
import { topicRows } from '../topics.ts'
import { uploadDayRows, uploadRows } from '../upload-rows.ts'
import { userRows } from '../users.ts'
import { entriesTable } from './entries.ts'
import { revocationsTable } from './revocations.ts'
import { streamsTable } from './streams.ts'
import { numberedTable, type Table, tableById, withWorkspace } from './table.ts'

export type Tables = { readonly [C in Collection]: Table<PortableRows[C]> }

/** The rows of every collection of a database. */
export function portableTables(database: Database): Tables {
  const { streams, entries } = logRows(database)
  return {
    topics: numberedTable(topicRows(database), topicFields),
    line_managers: numberedTable(lineManagerRows(database), lineManagerFields),
    tickets: ticketsTable(ticketRows(database)),
    canned_answers: tableById(cannedAnswerRows(database), cannedAnswerFields, withWorkspace),
    share_links: tableById(shareLinkRows(database), shareLinkFields, withWorkspace),
    meta_settings: tableById(metaSettingRows(database), metaSettingFields, withWorkspace),
    calls: tableById(callRows(database), callFields, toMovedDocument),
    users: tableById(userRows(database), userFields, withWorkspace),
    aliases: tableById(aliasRows(database), aliasFields, withWorkspace),
    blocks: tableById(blockRows(database), blockFields, withWorkspace),
    readers: tableById(readerRows(database), readerFields, withWorkspace),
    keys: numberedTable(keyRows(database), keyFields),
    audit: tableById(auditRows(database), auditFields, toAuditDocument),
    rooms: numberedTable(roomRows(database), roomFields, toRoomDocument),
    threads: tableById(threadRows(database), threadFields, withWorkspace),
    deliveries: tableById(deliveryRows(database), deliveryFields, withWorkspace),
    notices: tableById(noticeRows(database), noticeFields, withWorkspace),
    uploads: tableById(uploadRows(database), uploadFields, withWorkspace),
    upload_days: tableById(uploadDayRows(database), uploadDayFields, withWorkspace),
    paces: tableById(paceRows(database), paceFields, withWorkspace),
    reports: tableById(reportRows(database), reportFields, withWorkspace),
    revocations: revocationsTable(revocationRows(database)),
    streams: streamsTable(streams),
    entries: entriesTable(streams, entries),
  }
}

/** The tickets. One that passes to another user id leaves its slot among the open ones, which the other may have taken. */
function ticketsTable(tickets: Rows<TicketDocument>): Table<TicketRow> {
  const table = numberedTable(tickets, ticketFields, toTicketDocument)
  return {
    ...table,
    async change(workspace_id, before, after) {
      if (after && after.user_id !== before.user_id)
        await tickets.change({ workspace_id, _id: before._id }, { $set: { user_slot: null } })
      return table.change(workspace_id, before, after)
    },
  }
}
