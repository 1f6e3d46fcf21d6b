import { type Message, type Position, roomStream, type Ticket, ticketStream } from '@dowellchat/protocol'
import { BotError } from './bot-error.ts'
import { type Conversation, createConversation } from './conversation.ts'
import type { DraftWriter } from './draft-writer.ts'
import { Programs } from './programs.ts'
import { StreamReader } from './reader.ts'
import { TicketWatch } from './ticket-watch.ts'
import { pause, Wire, type WireOptions } from './wire.ts'

type Awaitable<T> = T | Promise<T>

/** Where a bot keeps how far it has read, so that a restart loses nothing. */
export interface Positions {
  /** Where it was in a stream; nothing if it never was there. */
  load(stream: string): Awaitable<Position | null | undefined>
  /** Called once a message is handled: after a crash before that, the bot gets it again. */
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
  /** How many tickets it has at a time; default 100. Others wait until it leaves one. */
  readonly mostTickets?: number
}

type OnMessage = (message: Message, conversation: Conversation) => unknown
type OnTicket = (ticket: Ticket, conversation: Conversation) => unknown

/** A program that hears conversations and takes part. */
export interface Bot {
  /**
   * Calls the listener with each message of others, those of a conversation one after the other: the next one waits for the
   * promise that it answers. If that rejects, `onError` hears of it, and the bot goes on.
   */
  onMessage(listener: OnMessage): void
  /** Calls the listener once for each open ticket, also after each start. `onMessage` then hears what is said there. */
  onTicket(listener: OnTicket): void
  /** Calls the listener with what goes wrong; by default that is written to the console. */
  onError(listener: (error: unknown) => void): void
  /** Any conversation, for example to write first. */
  conversation(stream: string): Conversation
  /** The requests that are not above. Repeated until they are answered. */
  readonly request: Wire['request']
  /** Connects; resolves once it hears its rooms. */
  start(): Promise<void>
  /** Hears nothing more. Resolves once what it is doing is done, or 10 s later. */
  close(): Promise<void>
}

const finishMs = 10_000

interface Followed {
  readonly reader: StreamReader
  readonly conversation: Conversation
}

/**
 * A program that takes part, such as one that answers.
 *
 * @example
 * const bot = createBot({ url, workspace: 'acme', key, user: { id: 'echo', name: 'Echo' }, rooms: ['lobby'] })
 * bot.onMessage((message, { reply }) => reply(`You said: ${message.message_data}`))
 * await bot.start()
 */
export function createBot(options: BotOptions): Bot {
  const { rooms = [], positions, hearsPrograms = false, mostTickets = 100, user } = options
  const followed = new Map<string, Followed>()
  const drafts = new Set<DraftWriter>()
  const underWay = new Set<Promise<void>>()
  let heardMessage: OnMessage | undefined
  let heardTicket: OnTicket | undefined
  let isStarted = false
  let failed: (error: unknown) => void = (error) => console.error('A bot failed:', error)
  let refuse: (error: BotError) => void = () => {}
  const wire = new Wire(options, (error) => {
    refuse(error)
    if (isStarted) failed(error)
  })
  const programs = new Programs(wire)
  const ticketCount = () => [...followed.keys()].filter((stream) => stream.startsWith('ticket:')).length
  const tickets = new TicketWatch({
    ...{ wire, most: mostTickets, count: ticketCount, follow: followTicket },
    isFollowed: (id) => followed.has(ticketStream(id)),
    onClosed: (id) => unfollow(ticketStream(id)),
    onError: (error) => fail(error),
  })
  wire.on('entries', (push) => followed.get(push.stream)?.reader.onEntries(push))
  wire.on('heads', ({ heads }) => {
    for (const head of heads) followed.get(head.stream)?.reader.onHead(head)
  })
  wire.on('draft_stop', ({ stream, cid }) => {
    for (const draft of drafts) if (draft.stream === stream && draft.cid === cid) draft.stop('stopped')
  })
  wire.onUp(() => {
    for (const { reader } of followed.values()) void reader.join()
    for (const draft of drafts) draft.again()
    if (heardTicket) void tickets.look()
  })

  function fail(error: unknown): void {
    // What was under way when the bot was closed.
    if (!(error instanceof BotError) || error.message !== 'The bot is closed') failed(error)
  }

  /** Runs a listener, whose failure does not stop the bot. */
  async function run(listener: () => unknown): Promise<void> {
    const work = (async () => listener())().then(() => undefined, fail)
    underWay.add(work)
    await work
    underWay.delete(work)
  }

  async function handle(message: Message, conversation: Conversation): Promise<void> {
    const { kind, author } = message
    if (!heardMessage || kind !== 'text' || author === null || author === user.id) return
    if (!hearsPrograms && (await programs.has(author))) return
    await run(() => heardMessage?.(message, conversation))
  }

  async function follow(stream: string, begun?: () => Promise<void>): Promise<void> {
    if (followed.has(stream)) return
    const conversation = createConversation({ wire, stream, drafts, leave: () => unfollow(stream) })
    let opened: Promise<void> | undefined
    const reader = new StreamReader({
      ...{ wire, stream, onError: fail },
      load: async () => (await positions?.load(stream)) ?? undefined,
      ...(begun && { begin: afterOwn }),
      async handle(message) {
        await opened
        await handle(message, conversation)
      },
      save: async (position) => positions?.save(stream, position),
      onGone: () => unfollow(stream),
    })
    followed.set(stream, { reader, conversation })
    // Before the listener answers: what comes after its answer was not heard before.
    opened = reader.join().then(() => (followed.has(stream) ? begun?.() : undefined))
    await opened
  }

  /** What was said since the bot's own last message. */
  function afterOwn(messages: readonly Message[]): number {
    return messages.findLastIndex(({ author }) => author === user.id) + 1
  }

  function followTicket(ticket: Ticket): void {
    const stream = ticketStream(ticket._id)
    const begun = () =>
      run(() => {
        const { conversation } = followed.get(stream) ?? {}
        return conversation && heardTicket?.(ticket, conversation)
      })
    void follow(stream, begun).catch(fail)
  }

  function unfollow(stream: string): void {
    const one = followed.get(stream)
    if (!one) return
    followed.delete(stream)
    one.reader.stop()
    if (stream.startsWith('ticket:')) tickets.left(one.conversation.id)
  }

  return {
    onMessage(listener) {
      heardMessage = listener
    },
    onTicket(listener) {
      heardTicket = listener
    },
    onError(listener) {
      failed = listener
    },
    conversation: (stream) =>
      followed.get(stream)?.conversation ??
      createConversation({ wire, stream, drafts, leave: () => unfollow(stream) }),
    request: (name, payload) => wire.request(name, payload),
    async start() {
      const refused = new Promise<never>((_, reject) => {
        refuse = reject
      })
      refused.catch(() => undefined)
      const up = new Promise<void>((resolve) => wire.onUp(resolve))
      wire.connect()
      await Promise.race([up, refused])
      await Promise.race([Promise.all(rooms.map((room) => follow(roomStream(room)))), refused])
      isStarted = true
    },
    async close() {
      for (const { reader } of followed.values()) reader.stop()
      followed.clear()
      await Promise.race([Promise.all(underWay), pause(finishMs)])
      for (const draft of drafts) draft.stop('closed')
      wire.close()
    },
  }
}
