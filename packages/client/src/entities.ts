// Named here, since re-exporting the protocol's names would also promise its schemas of the same names.
import type * as protocol from '@dowellchat/protocol'
import type { LaterEntry, Received } from './requests/receiving.ts'

/** What a request answers with. */
export type DataOf<K extends protocol.RequestName> = Received<protocol.DataOf<K>>
/** What a push carries. */
export type PushOf<K extends protocol.PushName> = Received<protocol.PushOf<K>>
/** What a request can fail with: its codes, or one of a later server. */
export type CodeOf<K extends protocol.RequestName> = protocol.CodeOf<K> | (string & {})

/**
 * A message of a room or a ticket's conversation.
 *
 * @example
 * const line = (message: Message) => `${message.display_name ?? message.author}: ${message.message_data}`
 */
export interface Message extends Received<protocol.Message> {}
/** That a message was changed: edited, reacted to, pinned. A later server may know more kinds. */
export interface MessageChange extends Received<protocol.MessageChange> {}
/** Where a stream ends. */
export type Head = protocol.Head
/** What a message is: a text, or a fact such as a ticket's closing. A later server may know more; all have a text to show. */
export type MessageKind = protocol.Message['kind']
/** A part of a text that names somebody: from `start` up to `end`, as `slice` counts them. */
export interface Mention extends Received<protocol.Mention> {}
/**
 * A file of a message. Its bytes are elsewhere: `client.attachments.url` says where.
 *
 * @example
 * const label = ({ name, size }: Attachment) => `${name}, ${Math.ceil(size / 1024)} KiB`
 */
export interface Attachment extends Received<protocol.Attachment> {}
/** How many people have reacted to a message in one way, and the first of them. */
export interface Reaction extends Received<protocol.Reaction> {}
/** The short form of the message that a reply answers. */
export interface Quote extends Received<protocol.Quote> {}
/**
 * A conversation about one message.
 *
 * @example
 * const label = ({ count }: Thread) => `${count} replies`
 */
export interface Thread extends Received<protocol.Thread> {}
/** One step in a stream's history: a message, or something of a later server that shows nothing by itself. */
export type Entry = Received<protocol.Entry> | LaterEntry
/**
 * A customer's request for support: `product` is the name of its topic, `line_manager` the user id of who has it, null while it
 * waits for one.
 *
 * @example
 * const isWaiting = (ticket: Ticket) => !ticket.is_closed && ticket.line_manager === null
 */
export interface Ticket extends Received<protocol.Ticket> {}
/** Where a ticket is: `waiting`, `assigned`, `open`, `on_hold` or `closed`. A later server may know more. */
export type TicketState = Ticket['state']
/** How soon a ticket is served: those of a higher priority are before all of a lower one. */
export type TicketPriority = protocol.TicketPriority
/** What a customer says of how it went: a `score` from 1, bad, to 5, good. */
export interface Rating extends Received<protocol.Rating> {}
/**
 * A place in a line, and how many minutes it takes from there, between `low` and `high`. These are null where nobody can say, and
 * `reason` says why.
 *
 * @example
 * const text = ({ position, low, high }: WaitingEstimate) =>
 *   low === null || high === null ? `Place ${position}` : `Place ${position}, ${Math.round(low)} to ${Math.ceil(high)} minutes`
 */
export interface WaitingEstimate extends Received<protocol.WaitingEstimate> {}
/**
 * A text that agents use again and again. `fillAnswer` fills in its variables.
 *
 * @example
 * const options = answers.map(({ _id, title }: CannedAnswer) => ({ value: _id, label: title }))
 */
export interface CannedAnswer extends Received<protocol.CannedAnswer> {}
/**
 * What a ticket can be about.
 *
 * @example
 * const options = topics.map((topic: Topic) => topic.name)
 */
export interface Topic extends Received<protocol.Topic> {}
/**
 * A support agent who takes tickets.
 *
 * @example
 * const isBusy = (manager: LineManager) => manager.ticket_count === manager.capacity
 */
export interface LineManager extends Received<protocol.LineManager> {}
/**
 * What a workspace knows of somebody.
 *
 * @example
 * const nameOf = (user: User) => user.name ?? user.user_id
 */
export interface User extends Received<protocol.User> {}
/**
 * A room: an open one, one with members, or a direct one. `_id` is the name to show its messages by.
 *
 * @example
 * const titleOf = (room: Room) => room.title ?? room._id
 */
export interface Room extends Received<protocol.Room> {}
/**
 * A room, the user's role in it, and the names of the requests that the user may send for it.
 *
 * @example
 * const mayInvite = ({ can }: RoomInfo) => can.includes('create_invite')
 */
export interface RoomInfo extends DataOf<'get_room'> {}
/**
 * A room in the user's list: the room, its last message, and what it is to the user (`reader`): how much is unread, and whether
 * it is muted, pinned or archived.
 *
 * @example
 * const line = ({ title, last, reader }: ListedRoom) => `${title ?? 'Direct'} (${reader.unread}): ${last?.message_data ?? ''}`
 */
export interface ListedRoom extends Received<protocol.ListedRoom> {}
/**
 * What a room, ticket or thread is to the user: they have read it up to the message with this `nth`; `unread` counts the messages
 * of others after it, up to 1,000, and `mentions` those of them that mention the user.
 *
 * @example
 * const badge = ({ unread, mentions }: Reader) => (mentions > 0 ? `@${mentions}` : unread >= 1_000 ? '999+' : `${unread}`)
 */
export interface Reader extends Received<protocol.Reader> {}
/** How far somebody else has read, and since when. */
export interface Receipt extends Received<protocol.Receipt> {}
/** A member of a room. */
export interface RoomMember extends Received<protocol.RoomMember> {}
/**
 * Lets whoever has it become a member of a room.
 *
 * @example
 * const link = ({ invite }: Invite) => `https://example.com/join/${invite}`
 */
export interface Invite extends Received<protocol.Invite> {}
/**
 * That somebody has reported a message or a person to the admins.
 *
 * @example
 * const line = ({ reason, message }: Report) => `${reason}: ${message?.message_data ?? ''}`
 */
export interface Report extends Received<protocol.Report> {}
/**
 * A message that was found, and a part of its text: the words are at the places of `matches`.
 *
 * @example
 * const words = ({ excerpt, matches }: SearchHit) => matches.map(({ start, end }) => excerpt.slice(start, end))
 */
export interface SearchHit extends Received<protocol.SearchHit> {}
/** What a session may do. */
export type Role = protocol.Role
/** Why a call ended. A later server may know more reasons. */
export type CallEndReason = PushOf<'callEnded'>['reason']
/**
 * A call of the past, or one that still runs: `reason` says why it ended, and is null until then.
 *
 * @example
 * const line = ({ caller, is_missed, created_at }: CallRecord) => `${is_missed ? 'Missed: ' : ''}${caller}, ${created_at}`
 */
export interface CallRecord extends Received<protocol.CallRecord> {}
/** Part of a room or a ticket's conversation, as requests answer it. */
export interface Page extends Received<protocol.Page> {}
/** How far a reader has got in a stream. */
export type Position = protocol.Position
/** The codes that a request can fail with. A later server may know more. */
export type ErrorCode = protocol.ErrorCode
/** A failure as it travels. */
export interface ErrorBody extends Received<protocol.ErrorBody> {}
/**
 * Whether somebody is there. Several devices are one person. `last_seen_at` is null while they are, and of those who keep it to
 * themselves.
 *
 * @example
 * const label = ({ availability, status_text }: Presence) => status_text ?? availability
 */
export interface Presence extends Received<protocol.Presence> {}
/** How somebody is shown: `away` is said by themselves. A later server may know more. */
export type Availability = Presence['availability']
/** Who is in a room: how many people, and some of them. */
export interface RoomPresence extends Received<protocol.RoomPresence> {}
/** What a person keeps to themselves, and does not learn of others. */
export interface Preferences extends Received<protocol.Preferences> {}
