import * as protocol from '@dowellchat/protocol'
import { type Call, type IncomingCall, newCall } from '../calls/call.ts'
import type {
  Attachment,
  CallRecord,
  CannedAnswer,
  LineManager,
  ListedRoom,
  Message,
  Reader,
  Receipt,
  Report,
  Room,
  RoomInfo,
  RoomMember,
  SearchHit,
  Thread,
  Ticket,
  Topic,
  User,
  WaitingEstimate,
} from '../entities.ts'
import type { SentRow } from '../messages/message-rows.ts'
import { uuid } from '../uuid.ts'
import { sampleTime, sampleWith } from './sample.ts'

/** Makes one entity; what is left out is made up, and ids are new ones. Throws if the contract does not take it. */
export type Fixture<T> = (changes?: Partial<T>) => T

const message: Fixture<Message> = (changes = {}) =>
  sampleWith(
    protocol.Message,
    {
      ...{ stream: 'room:lobby', seq: 1, nth: 1, cid: uuid() },
      ...{ message_data: 'Hello', author: 'bob', created_at: sampleTime },
    },
    changes,
  )

/** A message as a list shows it: somebody else's, unless `isOwn` says otherwise. */
function row(changes: Partial<Message> & { readonly isOwn?: boolean } = {}): SentRow {
  const { isOwn = false, ...fields } = changes
  const made = message(fields)
  const reactions = (made.reactions ?? []).map((one) => ({ ...one, isOwn: false }))
  const about = { key: made._id, message: made, delivery: 'sent', isOwn, reactions } as const
  const plain = { mentionsMe: false, isBlocked: false, status: 'unchanged' } as const
  return { ...about, ...plain, error: null, retry: null, discard: null }
}

/** A file of a message: a picture. */
const attachment: Fixture<Attachment> = (changes = {}) =>
  sampleWith(
    protocol.Attachment,
    { upload_id: uuid(), name: 'picture.png', type: 'image/png', size: 1_024, width: 640, height: 480 },
    changes,
  )

/** A message that was found. */
const searchHit: Fixture<SearchHit> = (changes = {}) => {
  const { message: found = message() } = changes
  return sampleWith(protocol.SearchHit, { message: found, excerpt: found.message_data }, changes)
}

const ticket: Fixture<Ticket> = (changes = {}) =>
  sampleWith(
    protocol.Ticket,
    {
      ...{ user_id: 'ann', product: 'billing', priority: 'normal' },
      ...{ created_at: sampleTime, updated_at: sampleTime },
    },
    changes,
  )

const topic: Fixture<Topic> = (changes = {}) => sampleWith(protocol.Topic, { name: 'billing' }, changes)

const lineManager: Fixture<LineManager> = (changes = {}) =>
  sampleWith(protocol.LineManager, { user_id: 'zoe' }, changes)

const cannedAnswer: Fixture<CannedAnswer> = (changes = {}) =>
  sampleWith(protocol.CannedAnswer, { title: 'Greeting', text: 'Hello {{customer}}' }, changes)

/** The first place in a line that takes 2 to 8 minutes. Times are as of `computed_at`. */
const waitingEstimate: Fixture<WaitingEstimate> = (changes = {}) => {
  const speed = { managers_online: 1, free: 0, per_hour: 12, variation: 1, basis: 'configured' }
  const place = { product: 'billing', line: 'topic:billing', order: '2', position: 1, ahead: 0 }
  const minutes = { low: 2, middle: 5, high: 8 }
  return sampleWith(
    protocol.WaitingEstimate,
    { ...place, ...minutes, speed, computed_at: sampleTime },
    changes,
  )
}

const user: Fixture<User> = (changes = {}) =>
  sampleWith(protocol.User, { user_id: 'bob', name: 'Bob' }, changes)

const room: Fixture<Room> = (changes = {}) =>
  sampleWith(protocol.Room, { _id: 'lobby', kind: 'open' }, changes)

/** What a stream is to the user: all of it is read. */
const reader: Fixture<Reader> = (changes = {}) =>
  sampleWith(protocol.Reader, { stream: 'room:lobby' }, changes)

/** A room of the user's list. Give `reader` to say what it is to them. */
const listedRoom: Fixture<ListedRoom> = (changes = {}) => {
  const { _id = 'lobby' } = changes
  const kept = { reader: reader({ stream: protocol.roomStream(_id) }), active_at: sampleTime }
  return sampleWith(protocol.ListedRoom, { _id, kind: 'open', ...kept }, changes)
}

const receipt: Fixture<Receipt> = (changes = {}) =>
  sampleWith(protocol.Receipt, { user_id: 'bob', read_at: sampleTime }, changes)

const thread: Fixture<Thread> = (changes = {}) =>
  sampleWith(protocol.Thread, { parent: 'room:lobby', parent_seq: 1 }, changes)

const roomInfo: Fixture<RoomInfo> = (changes = {}) =>
  sampleWith(protocol.clientRequests.get_room.data, { room: room() }, changes)

const roomMember: Fixture<RoomMember> = (changes = {}) =>
  sampleWith(protocol.RoomMember, { user_id: 'bob' }, changes)

const report: Fixture<Report> = (changes = {}) =>
  sampleWith(
    protocol.Report,
    { reported_by: 'ann', user_id: 'bob', reason: 'Spam', created_at: sampleTime },
    changes,
  )

const callRecord: Fixture<CallRecord> = (changes = {}) => {
  const parties = { caller: 'bob', callees: ['ann'], answered_by: 'ann' }
  const times = { created_at: sampleTime, answered_at: sampleTime, ended_at: sampleTime }
  return sampleWith(
    protocol.CallRecord,
    { ...parties, media: 'video', state: 'ended', reason: 'hung_up', ...times },
    changes,
  )
}

/** The current call: with Bob, whom the user has called, and connected. */
const call: Fixture<Call> = (changes = {}) => {
  const connected = { callId: uuid(), name: 'Bob', status: 'connected', connectedAt: sampleTime } as const
  return { ...newCall('outgoing', 'bob', 'video'), ...connected, ...changes }
}

/** A call that rings: of Bob, with a picture. */
const incomingCall: Fixture<IncomingCall> = (changes = {}) => ({
  ...{ callId: uuid(), from: 'bob', name: 'Bob', userId: 'bob' },
  ...{ media: 'video', hasVideo: true, ticketId: null, ...changes },
})

/**
 * Entities for tests and stories, each as a server would send it.
 * @example
 * fixtures.message({ message_data: 'Hello', author: 'bob' })
 */
export const fixtures = {
  ...{ message, row, ticket, topic, lineManager, user },
  ...{ room, listedRoom, reader, receipt, report, roomInfo, roomMember, thread },
  ...{ call, incomingCall, callRecord },
  ...{ attachment, searchHit, cannedAnswer, waitingEstimate },
}
