import { randomUUID } from 'node:crypto'
import { type Message, type PayloadOf, streamOwner } from '@dowellchat/protocol'
import { type Draft, DraftWriter } from './draft-writer.ts'
import type { Wire } from './wire.ts'

type Outgoing = PayloadOf<'send_messages'>['messages'][number]

/** What goes with a text. */
export interface ReplyOptions extends Pick<Outgoing, 'mentions' | 'metadata'> {
  /** The message that it answers. */
  readonly replyTo?: Pick<Message, '_id' | 'seq'>
  /** A UUID: what is sent twice under one is one message, also after a restart. By default a new one. */
  readonly cid?: string
}

/** A text, or one that comes bit by bit. */
export type Text = string | AsyncIterable<string>

/**
 * A conversation of a room or a ticket that a bot hears.
 *
 * @example
 * bot.onMessage((message, { reply }) => reply(`You said: ${message.message_data}`))
 */
export interface Conversation {
  /** `room:<name>` or `ticket:<id>`. */
  readonly stream: string
  /** The name of the room, or the id of the ticket. */
  readonly id: string
  /**
   * Sends a message, and repeats that until the server has it. Readers see a text grow that comes bit by bit; when one of them
   * asks to stop, what there is of it is sent. Null if it says nothing.
   */
  readonly reply: (text: Text, options?: ReplyOptions) => Promise<Message | null>
  /** Shows that the bot is writing, until it has replied or calls the answer; a minute at most. */
  readonly typing: () => () => void
  /** Begins a message that is written bit by bit. */
  readonly draft: (options?: ReplyOptions) => Draft
  /** The newest messages, at most 200, oldest first. */
  readonly history: (limit?: number) => Promise<Message[]>
  /** The bot hears nothing more of it, until it starts again. */
  readonly leave: () => void
}

export interface ConversationParts {
  readonly wire: Wire
  readonly stream: string
  readonly drafts: Set<DraftWriter>
  readonly leave: () => void
}

const sayMs = 3_000
const mostTypingMs = 60_000

export function createConversation({ wire, stream, drafts, leave }: ConversationParts): Conversation {
  let stopTyping = (): void => {}

  function typing(): () => void {
    stopTyping()
    const say = (is_typing: boolean) => wire.ask('typing', { stream, is_typing }).catch(() => undefined)
    void say(true)
    const repeating = setInterval(() => void say(true), sayMs).unref()
    const stop = (): void => {
      clearInterval(repeating)
      clearTimeout(ending)
      if (stopTyping === stop) stopTyping = () => {}
      void say(false)
    }
    const ending = setTimeout(stop, mostTypingMs).unref()
    stopTyping = stop
    return stop
  }

  async function send(
    text: string,
    { replyTo, cid = randomUUID(), ...more }: ReplyOptions,
  ): Promise<Message> {
    const answered = replyTo && { reply_to: replyTo._id, reply_seq: replyTo.seq }
    const message = await wire.send(stream, { message_data: text, cid, ...answered, ...more })
    stopTyping()
    return message
  }

  function draft(options: ReplyOptions = {}): DraftWriter {
    const writer = new DraftWriter({
      ...{ wire, stream, cid: options.cid },
      send: (text, cid) => send(text, { ...options, cid }),
      onEnd: (one) => drafts.delete(one),
    })
    drafts.add(writer)
    return writer
  }

  async function replyBitByBit(parts: AsyncIterable<string>, options: ReplyOptions): Promise<Message | null> {
    const writer = draft(options)
    try {
      for await (const part of untilAborted(parts, writer.signal)) writer.write(part)
    } catch (error) {
      await writer.cancel()
      throw error
    }
    return writer.end()
  }

  return {
    stream,
    id: streamOwner(stream).id,
    reply: (text, options = {}) =>
      typeof text === 'string' ? send(text, options) : replyBitByBit(text, options),
    typing,
    draft,
    async history(limit = 50) {
      const { entries } = await wire.request('get_messages', {
        stream,
        before: Number.MAX_SAFE_INTEGER,
        limit,
      })
      return entries.filter((entry): entry is Message => entry.type === 'message')
    },
    leave,
  }
}

/** The parts that come until the signal says stop, also where the next one is waited for. */
async function* untilAborted(parts: AsyncIterable<string>, signal: AbortSignal): AsyncGenerator<string> {
  const iterator = parts[Symbol.asyncIterator]()
  const stopped = new Promise<{ done: true; value: undefined }>((resolve) => {
    signal.addEventListener('abort', () => resolve({ done: true, value: undefined }), { once: true })
  })
  for (;;) {
    const next = await Promise.race([iterator.next(), stopped])
    if (next.done) {
      // What still comes is of no use to anybody.
      void iterator.return?.().catch(() => undefined)
      return
    }
    yield next.value
  }
}
