import type { PayloadOf } from '@dowellchat/protocol'
import { isNormalName, isText, limits, protocolVersion, utf8Length } from '@dowellchat/protocol/core'
import type { DataOf, Entry, ErrorBody, Message, Page, PushOf } from '../entities.ts'
import {
  any,
  atLeastOne,
  atMost,
  bool,
  list,
  nullable,
  object,
  oneOf,
  only,
  optional,
  orNull,
  type Reader,
  text,
  textWhere,
  where,
  whole,
  wholeWithin,
} from './readers.ts'
import type { LaterEntry } from './receiving.ts'

// What a page needs until its first message is sent and received, without schemas, which would double what it loads. A test
// compares all of it with the contract.

/** How a client reads what it is to send, and what is answered. */
export interface RequestReaders {
  readonly payload: Reader
  readonly data: Reader
}

const count = wholeWithin(0, Number.MAX_SAFE_INTEGER)
const id = textWhere(isNormalName)
const displayable = textWhere((value) => value === '' || isText(value))
const cid = textWhere((value) => /^[\da-f]{8}-([\da-f]{4}-){3}[\da-f]{12}$/i.test(value))
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?Z$/
/** No other time ever fails a request. */
const clientTime: Reader<string | null> = (value) => (isoTime.test(String(value)) ? String(value) : null)
const limit = wholeWithin(1, limits.page_entries)
const stream = textWhere((name) => /^[a-z]+:/.test(name) && isNormalName(name.slice(name.indexOf(':') + 1)))

const mention = object<NonNullable<Message['mentions']>[number]>({ user_id: text, start: whole, end: whole })
const mentions = optional(list(mention))
const reaction = object<NonNullable<Message['reactions']>[number]>({
  reaction: text,
  count: whole,
  user_ids: list(text),
})
const metadata = where<Record<string, unknown>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)

const attachment = object<NonNullable<Message['attachments']>[number]>({
  upload_id: text,
  name: text,
  type: text,
  size: whole,
  sha256: optional(text),
  width: optional(whole),
  height: optional(whole),
  duration_ms: optional(whole),
})

const message = object<Message>({
  _id: text,
  stream: text,
  seq: whole,
  nth: whole,
  type: only('message'),
  kind: text,
  cid: text,
  message_data: text,
  author: orNull(text),
  display_name: orNull(text),
  reply_to: orNull(text),
  created_at: text,
  client_created_at: orNull(text),
  ticket_id: optional(text),
  product: optional(text),
  fact: optional(
    object<NonNullable<Message['fact']>>({
      line_manager: optional(nullable(text)),
      from: optional(nullable(text)),
      product: optional(text),
      reason: optional(text),
      score: optional(whole),
      call_id: optional(text),
      duration_ms: optional(nullable(whole)),
    }),
  ),
  reason: optional(text),
  mentions,
  metadata: optional(metadata),
  attachments: optional(list(attachment)),
  quote: optional(
    object<NonNullable<Message['quote']>>({
      _id: text,
      seq: whole,
      nth: whole,
      author: orNull(text),
      display_name: orNull(text),
      message_data: text,
    }),
  ),
  version: optional(whole),
  edited_at: optional(text),
  reactions: optional(list(reaction)),
  pinned_at: optional(text),
  pinned_by: optional(text),
  has_thread: optional(bool),
})
const change = object<Extract<Entry, { target: unknown }>>({
  _id: text,
  stream: text,
  seq: whole,
  nth: whole,
  type: only('change'),
  change: text,
  target: whole,
  cid: text,
  by: orNull(text),
  created_at: text,
  ticket_id: optional(text),
  product: optional(text),
  message_data: optional(text),
  mentions,
  reaction: optional(reaction),
})
const deletion = object<Extract<Entry, { targets: unknown }>>({
  _id: text,
  stream: text,
  seq: whole,
  nth: whole,
  type: only('deletion'),
  targets: list(whole),
  reason: text,
  created_at: text,
})
const laterEntry = object<LaterEntry>({ _id: text, seq: whole, type: text })
const entries = list(oneOf<Entry>(message, change, deletion, laterEntry))
const head = object<Page['head']>({ seq: whole, nth: whole, id: orNull(text) })
const page = object<Page>({
  stream: text,
  epoch: text,
  head,
  first_seq: whole,
  entries,
  more: bool,
  more_newer: optional(bool),
  reset: optional(object<NonNullable<Page['reset']>>({ reason: text })),
})

export const errorBody = object<ErrorBody>({
  code: text,
  message: text,
  details: any,
  retryable: bool,
  retry_after_ms: optional(whole),
})
export const failure = object<{ status: 'failure'; data: string; error: ErrorBody }>({
  status: only('failure'),
  data: text,
  error: errorBody,
})

const isShort = (value: unknown): boolean => utf8Length(JSON.stringify(value)) <= limits.metadata_bytes
const position = object<NonNullable<PayloadOf<'join'>['position']>>({
  epoch: id,
  seq: count,
  id: nullable(id),
})
const draft = {
  message_data: displayable,
  reply_to: optional(id),
  reply_seq: optional(count),
  mentions: optional(
    atMost(
      limits.mentions,
      list(object<NonNullable<Message['mentions']>[number]>({ user_id: id, start: count, end: count })),
    ),
  ),
  metadata: optional((value) => where<Record<string, unknown>>(isShort)(metadata(value))),
  attachments: optional(
    atMost(limits.attachments, atLeastOne(list(object<{ upload_id: string }>({ upload_id: id })))),
  ),
  cid,
  client_created_at: optional(clientTime),
}
/** A message has a text, or files. */
function sent<T extends PayloadOf<'send_messages'>['messages'][number]>(reader: Reader<T>): Reader<T> {
  return (value) =>
    where<T>(({ message_data, attachments }) => message_data !== '' || attachments !== undefined)(
      reader(value),
    )
}

const drafts = atMost(
  limits.messages_at_once,
  atLeastOne(list(sent(object<PayloadOf<'send_messages'>['messages'][number]>(draft)))),
)
const places = ['before', 'after', 'around'] as const
const messagesAt = object<PayloadOf<'get_messages'>>({
  stream,
  before: optional(count),
  after: optional(count),
  around: optional(count),
  limit: optional(limit),
})
type Result = DataOf<'send_messages'>['results'][number]
const result = oneOf<Result>(object({ message }), object({ error: errorBody }))

export const firstRequests = {
  join: {
    payload: object<PayloadOf<'join'>>({ room: id, position: optional(position), limit: optional(limit) }),
    data: page,
  },
  leave: {
    payload: object<PayloadOf<'leave'>>({ room: id }),
    data: object<DataOf<'leave'>>({ room: text }),
  },
  message_event: {
    payload: sent(object<PayloadOf<'message_event'>>({ room_id: id, ...draft })),
    data: message,
  },
  send_messages: {
    payload: object<PayloadOf<'send_messages'>>({
      stream,
      messages: drafts,
    }),
    data: object<DataOf<'send_messages'>>({ results: list(result) }),
  },
  get_messages: {
    payload: (value) =>
      where<PayloadOf<'get_messages'>>(
        (one) => places.filter((place) => one[place] !== undefined).length === 1,
      )(messagesAt(value)),
    data: page,
  },
  get_entries: {
    payload: object<PayloadOf<'get_entries'>>({ stream, position, limit: optional(limit) }),
    data: page,
  },
} as const satisfies Readonly<Record<string, RequestReaders>>

export const firstPushes = {
  hello: object<PushOf<'hello'>>({
    protocol: where((version) => version === protocolVersion),
    features: list(text),
    workspace_id: text,
    user_id: text,
    role: text,
    name: orNull(text),
    is_guest: bool,
    guest_ids: list(text),
    guest_token: optional(text),
    can: list(text),
    expires_at: orNull(text),
    server_time: text,
    limits: where((value) => typeof value === 'object' && value !== null),
  }),
  entries: object<PushOf<'entries'>>({ stream: text, epoch: text, entries }),
  heads: object<PushOf<'heads'>>({
    heads: list(object<PushOf<'heads'>['heads'][number]>({ stream: text, epoch: text, head })),
  }),
} as const satisfies Readonly<Record<string, Reader>>
