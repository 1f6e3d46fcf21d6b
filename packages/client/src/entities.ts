// Aliases, since re-exporting the protocol's names would also promise its schemas of the same names.
import type * as protocol from '@dowellchat/protocol'

/** A message of a room or a ticket's conversation. */
export type Message = protocol.Message
/** What a message is: a text, or a fact such as a ticket's closing. */
export type MessageKind = protocol.Message['kind']
export type Ticket = protocol.Ticket
/** What a ticket can be about. */
export type Topic = protocol.Topic
/** A support agent who takes tickets. */
export type LineManager = protocol.LineManager
/** What a session may do. */
export type Role = protocol.Role
/** Why a call ended. */
export type CallEndReason = protocol.PushOf<'callEnded'>['reason']
/** Part of a room or a ticket's conversation, as requests answer it. */
export type Page = protocol.Page
/** How far a reader has got in a stream. */
export type Position = protocol.Position
/** The codes that a request can fail with. */
export type ErrorCode = protocol.ErrorCode
/** A failure as it travels. */
export type ErrorBody = protocol.ErrorBody
