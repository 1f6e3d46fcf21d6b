import type { Message, Position, Ticket } from '@dowellchat/protocol'
import type { Conversation } from './conversation.ts'
import type { Wire, WireOptions } from './wire.ts'

type Awaitable<T> = T | Promise<T>

/** Where a bot keeps how far it has read, so that a restart loses nothing. */
export interface Positions {
  /**
   * Where it was in a stream; nothing if it never was there. Where it rejects, the bot does not start in a room; of a ticket it is
   * asked again until it answers, and `onError` hears of the first failure.
   */
  load(stream: string): Awaitable<Position | null | undefined>
  /** Called with where the bot begins in it, and once a message is handled: after a crash before that, the bot gets it again. */
  save(stream: string, position: Position): Awaitable<void>
}

/** Who a bot is, and what it hears. */
export interface BotOptions extends WireOptions {
  /** The rooms whose messages it hears. A room with members must have it as a member. */
  readonly rooms?: readonly string[]
  /** By default it begins with what comes after its start, and in tickets after its own last message. */
  readonly positions?: Positions
  /** Whether it hears other programs; by default it does not, so that two never answer each other for ever. */
  readonly hearsPrograms?: boolean
  /** How many tickets it has at a time; default 100. Others wait until it leaves one. The server may let it join fewer. */
  readonly mostTickets?: number
}

export type OnMessage = (message: Message, conversation: Conversation) => unknown
export type OnTicket = (ticket: Ticket, conversation: Conversation) => unknown

/** A program that hears conversations and takes part. */
export interface Bot {
  /**
   * Calls the listener with each message of others, those of a conversation one after the other: the next one waits for the
   * promise that it answers. If that rejects, `onError` hears of it, and the bot goes on.
   */
  onMessage(listener: OnMessage): void
  /**
   * Calls the listener once for each open ticket, also after each start, and again when it is opened again. `onMessage` then
   * hears what is said there. Without it the bot joins no ticket.
   */
  onTicket(listener: OnTicket): void
  /** Calls the listener with what goes wrong; by default that is written to the console. */
  onError(listener: (error: unknown) => void): void
  /** Any conversation, for example to write first. */
  conversation(stream: string): Conversation
  /** The requests that are not above. Repeated until they are answered. */
  readonly request: Wire['request']
  /**
   * Connects; resolves once it hears its rooms. Rejects where the server refuses it, it may not hear one of them, or `positions`
   * cannot say where it was there: then it hears nothing, and may start again.
   */
  start(): Promise<void>
  /** Hears nothing more. Resolves once what it is doing is done, or 10 s later; then nothing of it keeps the program running. */
  close(): Promise<void>
}
