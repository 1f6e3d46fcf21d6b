// What docs/guides/metadata.md registers: its examples are compiled with this file.
import type {
  ListedRoom,
  Message,
  MessageRow,
  Room,
  RoomInfo,
  SendOptions,
  Ticket,
  TicketDraft,
  User,
} from '@dowellchat/client'
import type { UseMessages, UseRoom, UseTicket, UseUser } from '@dowellchat/client/react'

/** Whether two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const expectTrue = <T extends true>(): T | undefined => undefined

type OfMessage = { order: string }
type OfUser = { department?: string }
type OfRoom = { color?: 'red' | 'blue' }
type OfTicket = { order: string }
type Ready<State, Field extends PropertyKey> =
  Extract<State, { readonly status: 'ready' }> extends Record<Field, infer V> ? V : never

expectTrue<Same<Message['metadata'], OfMessage | undefined>>()
expectTrue<Same<MessageRow['message']['metadata'], OfMessage | undefined>>()
expectTrue<Same<UseMessages['messages'][number]['message']['metadata'], OfMessage | undefined>>()
expectTrue<Same<SendOptions['metadata'], OfMessage | undefined>>()
expectTrue<Same<User['metadata'], OfUser>>()
expectTrue<Same<Ready<UseUser, 'user'>, User>>()
expectTrue<Same<Room['metadata'], OfRoom>>()
expectTrue<Same<ListedRoom['metadata'], OfRoom>>()
expectTrue<Same<NonNullable<ListedRoom['last']>['metadata'], OfMessage | undefined>>()
expectTrue<Same<RoomInfo['room'], Room>>()
expectTrue<Same<Ready<UseRoom, 'room'>, Room>>()
expectTrue<Same<Ticket['metadata'], OfTicket | undefined>>()
expectTrue<Same<TicketDraft['metadata'], OfTicket | undefined>>()
expectTrue<Same<Ready<UseTicket, 'ticket'>, Ticket>>()

// @ts-expect-error An order is a text.
export const wrong: SendOptions = { metadata: { order: 1 } }
