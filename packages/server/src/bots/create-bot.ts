import { type Message, roomStream, streamOwner, type Ticket, ticketStream } from '@dowellchat/protocol'
import { countedCache } from '../counted-cache.ts'
import type { Bot, BotOptions, OnMessage, OnTicket } from './bot.ts'
import { BotError, closedError, isFull, isGone } from './bot-error.ts'
import { type Conversation, createConversation } from './conversation.ts'
import type { DraftWriter } from './draft-writer.ts'
import { Programs } from './programs.ts'
import { StreamReader } from './reader.ts'
import { TicketWatch } from './ticket-watch.ts'
import { Wire } from './wire.ts'

const finishMs = 10_000
/** Of so many closed tickets the bot knows how far it was, should they be opened again. */
const keptClosed = 10_000

interface Followed {
  readonly reader: StreamReader
  readonly conversation: Conversation
  /** Until it is joined, and the listener has begun with it. */
  opened: Promise<void>
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
  const closed = countedCache<string, Followed>(keptClosed)
  const drafts = new Set<DraftWriter>()
  const underWay = new Set<Promise<void>>()
  let heardMessage: OnMessage | undefined
  let heardTicket: OnTicket | undefined
  let isStarted = false
  let isClosing = false
  let failed: (error: unknown) => void = (error) => console.error('A bot failed:', error)
  let refuse: (error: BotError) => void = () => {}
  const wire = new Wire(options, (error) => {
    refuse(error)
    if (isStarted) failed(error)
  })
  const programs = new Programs(wire)
  const tickets = new TicketWatch({
    ...{ wire, most: mostTickets, followed: followedTickets, follow: followTicket },
    isWanted: () => heardTicket !== undefined && !isClosing,
    isFollowed: (id) => followed.has(ticketStream(id)),
    onClosed: (id) => unfollow(ticketStream(id), true),
    onError: (error) => fail(error),
  })
  wire.on('entries', (push) => followed.get(push.stream)?.reader.onEntries(push))
  wire.on('heads', ({ heads }) => {
    for (const head of heads) followed.get(head.stream)?.reader.onHead(head)
  })
  wire.on('draft_stop', ({ stream, cid }) => {
    for (const draft of drafts) if (draft.stream === stream && draft.cid === cid) draft.stop('stopped')
  })
  wire.on('member_changed', ({ room, changes }) => {
    if (changes.some(({ user_id }) => user_id === user.id)) joinAgain(room)
  })
  wire.on('room_updated', ({ data }) => {
    if (data.closed_at !== null) joinAgain(data._id)
  })
  wire.onUp(() => {
    for (const { reader } of followed.values()) reader.again()
    for (const draft of drafts) draft.again()
    tickets.up()
  })

  /** The server has ended what the bot hears of a room, or lets it in again: joining says which. */
  function joinAgain(room: string): void {
    followed.get(roomStream(room))?.reader.again()
  }

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

  /** Rejects where the stream cannot be followed. */
  function follow(stream: string, begun?: () => Promise<void>): Promise<void> {
    const known = followed.get(stream)
    if (known) return known.opened
    const one = closed.get(stream) ?? create(stream, begun !== undefined)
    followed.set(stream, one)
    // Meanwhile it may have been left, and followed again.
    const isStill = (): boolean => followed.get(stream)?.opened === opened
    // Before the listener answers: what comes after its answer was not heard before.
    const opened: Promise<void> = one.reader.join().then(() => (isStill() ? begun?.() : undefined))
    one.opened = opened
    return opened.catch((error) => {
      // There is no place for it now.
      if (isStill()) isFull(error) ? unfollow(stream) : leave(stream)
      throw error
    })
  }

  function create(stream: string, isTicket: boolean): Followed {
    const conversation = createConversation({ wire, stream, drafts, leave: () => leave(stream) })
    const reader = new StreamReader({
      ...{ wire, stream, onError: fail, isPatient: isTicket },
      load: async () => (await positions?.load(stream)) ?? undefined,
      ...(isTicket && { begin: afterOwn }),
      opened: () => one.opened,
      handle: (message) => handle(message, conversation),
      save: async (position) => positions?.save(stream, position),
      onRefused(error) {
        if (isTicket && isGone(error)) leave(stream)
        // A room is joined again on the next connection.
        else fail(error)
      },
    })
    const one: Followed = { reader, conversation, opened: Promise.resolve() }
    return one
  }

  function followedTickets(): string[] {
    return [...followed.keys()].map(streamOwner).flatMap(({ kind, id }) => (kind === 'ticket' ? [id] : []))
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
    follow(stream, begun).catch((error) => {
      if (isFull(error)) tickets.full(error)
      else if (!isGone(error)) fail(error)
    })
  }

  /** The bot has no more to do with it, until it starts again. */
  function leave(stream: string): void {
    const { kind, id } = streamOwner(stream)
    if (kind === 'ticket') tickets.left(id)
    unfollow(stream)
  }

  /** @param mayComeBack whether it goes on where it was when it is followed again */
  function unfollow(stream: string, mayComeBack = false): void {
    const one = followed.get(stream)
    if (!one) return
    followed.delete(stream)
    one.reader.stop()
    if (mayComeBack) closed.set(stream, one)
    if (streamOwner(stream).kind === 'ticket') tickets.freed()
  }

  /** Hears nothing more. */
  function stop(): void {
    for (const { reader } of followed.values()) reader.stop()
    followed.clear()
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
      createConversation({ wire, stream, drafts, leave: () => leave(stream) }),
    request: (name, payload) => wire.request(name, payload),
    async start() {
      isStarted = false
      isClosing = false
      tickets.reset()
      const refused = new Promise<never>((_, reject) => {
        refuse = reject
      })
      refused.catch(() => undefined)
      const up = new Promise<void>((resolve) => wire.onUp(resolve))
      wire.connect()
      try {
        if (!wire.isUp) await Promise.race([up, refused])
        await Promise.race([Promise.all(rooms.map((room) => follow(roomStream(room)))), refused])
      } catch (error) {
        stop()
        wire.close()
        throw error
      }
      isStarted = true
    },
    async close() {
      // Meanwhile it is still connected, and told of tickets.
      isClosing = true
      stop()
      refuse(closedError('connection'))
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, finishMs)
      })
      await Promise.race([Promise.all(underWay), late])
      clearTimeout(timer)
      for (const draft of drafts) draft.stop('closed')
      wire.close()
    },
  }
}
