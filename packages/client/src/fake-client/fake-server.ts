import {
  type ClientRequestName,
  clientRequests,
  Hello,
  notesStream,
  type PayloadOf,
  type PushName,
  type Role,
  roomStream,
  streamOwner,
  threadStream,
  ticketStream,
} from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { isQuestion } from '../connection/liveness.ts'
import type { DataOf, ErrorCode, Message, PushOf, Room } from '../entities.ts'
import { RequestError } from '../errors.ts'
import { fakeChanges } from './fake-changes.ts'
import { fakeDesk } from './fake-desk.ts'
import { FakeDrafts } from './fake-drafts.ts'
import { bodyOf, failureOf } from './fake-failures.ts'
import { FakeFiles } from './fake-files.ts'
import { fakeModeration } from './fake-moderation.ts'
import { FakePresence } from './fake-presence.ts'
import { FakeReaders } from './fake-readers.ts'
import { fakeSearch } from './fake-search.ts'
import type { FakeSocket, ServerSide } from './fake-socket.ts'
import { epoch, FakeStreams, type PagePlace } from './fake-streams.ts'
import { FakeThreads } from './fake-threads.ts'
import { fixtures } from './fixtures.ts'
import { sample, sampleWith } from './sample.ts'

/** Who the fake client is. */
export interface FakeUser {
  /** Default: `ann`. */
  readonly user_id?: string
  readonly name?: string
  /** Default: `customer`. */
  readonly role?: Role
  readonly is_guest?: boolean
  readonly workspace_id?: string
}

/** A request that the client has sent. */
export type FakeRequest = {
  readonly [K in ClientRequestName]: { readonly name: K; readonly payload: PayloadOf<K> }
}[ClientRequestName]

/** What a request is answered with: the data, or what it is computed from; throw a `RequestError` to fail. */
export type FakeAnswer<K extends ClientRequestName> = (
  payload: PayloadOf<K>,
) => DataOf<K> | Promise<DataOf<K>>

type Fields = Readonly<Record<string, unknown>> & { readonly messages?: unknown }
type AnyAnswer = (payload: never) => unknown
type Answers = Readonly<Partial<Record<ClientRequestName, AnyAnswer>>>

/** Answers a fake client as a server with nothing in it would; the test says what else. */
export class FakeServer implements ServerSide {
  readonly requests: FakeRequest[] = []
  readonly answers = new Map<string, AnyAnswer>()
  isReachable = true
  readonly files: FakeFiles
  refusal: object | undefined
  readonly #user: FakeUser
  readonly #streams: FakeStreams
  readonly #readers: FakeReaders
  readonly #threads: FakeThreads
  readonly #presence: FakePresence
  readonly #drafts: FakeDrafts
  /** What it answers by itself, beside pages and messages. */
  readonly #own: Answers
  readonly #sockets = new Set<FakeSocket>()

  constructor(user: FakeUser) {
    this.#user = user
    this.#streams = new FakeStreams((entries, stream) => this.#send('entries', { stream, epoch, entries }))
    const world = {
      streams: this.#streams,
      user_id: user.user_id ?? 'ann',
      push: (name: PushName, data: object) => this.#send(name, data),
      refuse(code: ErrorCode, message: string): never {
        throw new RequestError('get_messages', { code, message, retryable: false })
      },
    }
    this.#readers = new FakeReaders(world)
    this.#threads = new FakeThreads(world)
    this.#presence = new FakePresence(world)
    this.#drafts = new FakeDrafts(world)
    this.files = new FakeFiles(world)
    this.#own = {
      ...fakeChanges(world),
      ...fakeDesk,
      ...fakeModeration(world),
      ...fakeSearch(world),
      ...this.#roomAnswers(),
      ...answersIn(this.#readers),
      ...answersIn(this.#threads),
      ...answersIn(this.#presence),
      ...answersIn(this.#drafts),
      ...answersIn(this.files),
    }
  }

  admit(): { readonly hello: object } | { readonly refusal: object } {
    return this.refusal ? { refusal: this.refusal } : { hello: this.#hello() }
  }

  opened(socket: FakeSocket): void {
    this.#sockets.add(socket)
  }

  closed(socket: FakeSocket): void {
    this.#sockets.delete(socket)
  }

  /** Ends the connection. */
  cut(): void {
    for (const socket of [...this.#sockets]) socket.close()
  }

  request(name: string, payload: unknown, answer: (answer: object) => void): void {
    // Whether it is there is no request of the application.
    if (isQuestion(name, payload)) {
      answer({ status: 'success', operation: name, data: payload })
      return
    }
    // What the SDK has checked before it was sent.
    this.requests.push({ name, payload } as FakeRequest)
    const known = name as ClientRequestName
    this.answerTo(known, payload).then(
      (data) => answer({ status: 'success', operation: name, data }),
      (error: unknown) => answer(failureOf(known, error)),
    )
  }

  /** Answers a request as before. */
  restore(name: ClientRequestName, answer: AnyAnswer | undefined): void {
    if (answer) this.answers.set(name, answer)
    else this.answers.delete(name)
  }

  push<K extends PushName>(name: K, data: PushOf<K>): void {
    this.#presence.note(name, data)
    this.#drafts.note(name, data)
    this.#send(name, data)
  }

  #send(name: PushName, data: object): void {
    for (const socket of this.#sockets) socket.push(name, data)
  }

  /** Puts a message at the end of its stream. */
  receive(message: Message): Message {
    const placed = this.#streams.receive(message)
    this.#readers.onMessage(placed)
    this.#threads.onMessage(placed)
    this.#drafts.onMessage(placed)
    return placed
  }

  /** What a request is answered with. */
  async answerTo(name: ClientRequestName, payload: unknown): Promise<unknown> {
    const answer = this.answers.get(name)
    if (answer) return answer(payload as never)
    const own = this.#ownAnswer(name, payload as Fields)
    if (own !== undefined) return own
    const made = this.#madeUp(name, payload as Fields)
    if (name === 'create_room') this.#readers.list((made as Room)._id, made as Room)
    return made
  }

  /** The least that the contract takes, which looks like what was asked for. */
  #madeUp(name: ClientRequestName, payload: Fields): unknown {
    const schema = clientRequests[name].data
    const made = sample(schema)
    // Who creates a ticket on billing gets one on billing.
    const isOneThing = typeof made === 'object' && made !== null && !Array.isArray(made)
    const like = isOneThing ? { ...made, ...pick(payload, Object.keys(made)) } : made
    return z.safeParse(schema, like).success ? like : made
  }

  /** What a server with nothing but conversations answers. */
  #ownAnswer(name: ClientRequestName, payload: Fields): unknown {
    const stream = streamOf(name, payload)
    if (name !== 'leave_thread') this.#threads.expectThread(stream)
    const joined = name === 'join' ? payload.room : name === 'message_event' && payload.room_id
    if (typeof joined === 'string') this.#readers.list(joined)
    if (clientRequests[name].data === clientRequests.get_messages.data)
      return this.#streams.page(stream, payload as PagePlace)
    if (clientRequests[name].data === clientRequests.message_event.data) return this.#store(stream, payload)
    if (Array.isArray(payload.messages)) return this.#storeAll(stream, payload.messages)
    return name === 'renew_token' ? this.#hello() : this.#own[name]?.(payload as never)
  }

  #roomAnswers(): Answers {
    return {
      leave_room: ({ room }: { room: string }) => {
        this.#readers.unlist(room)
        return { room }
      },
    }
  }

  /** One after the other, each as if it were sent alone. */
  async #storeAll(stream: string, drafts: readonly object[]): Promise<object> {
    const { kind, id } = streamOwner(stream)
    const name = kind === 'ticket' ? 'ticket_message_event' : 'message_event'
    const owner = kind === 'ticket' ? { ticket_id: id } : kind === 'room' ? { room_id: id } : { stream }
    const results: object[] = []
    for (const draft of drafts) {
      const sent = this.answerTo(name, { ...owner, ...draft })
      results.push(
        await sent.then(
          (message) => ({ message }),
          (error) => ({ error: bodyOf(name, error) }),
        ),
      )
    }
    return { results }
  }

  #store(stream: string, draft: Fields): Message {
    const { user_id = 'ann', name = null } = this.#user
    const { cid, message_data, reply_to = null, client_created_at = null, mentions, metadata } = draft
    const content = { cid, message_data, reply_to, client_created_at, ...this.#quoteOf(stream, reply_to) }
    const more = { ...(mentions !== undefined && { mentions }), ...(metadata !== undefined && { metadata }) }
    const files = this.files.taken(cid, draft.attachments)
    const created_at = new Date().toISOString()
    const fields = { ...content, ...more, ...files, stream, created_at, author: user_id, display_name: name }
    return this.receive(fixtures.message(fields as Partial<Message>))
  }

  #quoteOf(stream: string, reply_to: unknown): Pick<Message, 'quote'> {
    const found = this.#streams.messages(stream).find(({ _id }) => _id === reply_to)
    if (!found) return {}
    const { _id, seq, nth, author, display_name, message_data } = found
    return { quote: { _id, seq, nth, author, display_name, message_data: message_data.slice(0, 200) } }
  }

  #hello(): Hello {
    const { user_id = 'ann', workspace_id = 'demo', ...known } = this.#user
    const can = Object.keys(clientRequests)
    return sampleWith(Hello, { user_id, workspace_id, can, server_time: new Date().toISOString() }, known)
  }
}

/** The methods of a part that answer requests of their names. */
function answersIn(part: object): Answers {
  return Object.fromEntries(Object.entries(part).filter(([name]) => name in clientRequests)) as Answers
}

function streamOf(name: ClientRequestName, fields: Fields): string {
  const { stream, room, room_id, ticket_id, thread } = fields
  if (stream !== undefined) return String(stream)
  if (name === 'join_notes') return notesStream(String(ticket_id))
  if (thread !== undefined) return threadStream(String(thread))
  return ticket_id === undefined ? roomStream(String(room ?? room_id)) : ticketStream(String(ticket_id))
}

function pick(from: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)))
}
