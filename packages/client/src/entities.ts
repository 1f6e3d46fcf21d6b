// Types by names of our own: re-exported, the declarations would promise the protocol's schemas of the same names.
import type * as protocol from '@dowellchat/protocol'

/** What stands in a room or a ticket's conversation. */
export type Message = protocol.Message
/** What a message is. */
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
/** Part of a room or a ticket's conversation, as a request answers it. */
export type Page = protocol.Page
/** How far one has read. */
export type Position = protocol.Position
/** What a request can fail with. */
export type ErrorCode = protocol.ErrorCode
/** A failure as it travels. */
export type ErrorBody = protocol.ErrorBody
