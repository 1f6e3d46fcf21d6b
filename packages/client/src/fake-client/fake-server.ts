import {
  type ClientRequestName,
  clientRequests,
  Hello,
  limits,
  notesStream,
  type PayloadOf,
  type PushName,
  roomStream,
  streamOwner,
  threadStream,
  ticketStream,
} from '@dowellchat/protocol'
import * as z from 'zod/mini'
import type { PutFile } from '../attachments/put-file.ts'
import { isQuestion } from '../connection/liveness.ts'
import type { DataOf, Message, PushOf } from '../entities.ts'
import { bodyOf, failureOf } from './fake-failures.ts'
import { type AnyAnswer, FakeParts, type FakeUser, type Fields } from './fake-parts.ts'
import type { FakeSocket, ServerSide } from './fake-socket.ts'
import type { PagePlace } from './fake-streams.ts'
import { now } from './fake-world.ts'
import { sample, sampleWith } from './sample.ts'

/** A request that the client has sent. */
export type FakeRequest = {
  readonly [K in ClientRequestName]: { readonly name: K; readonly payload: PayloadOf<K> }
}[ClientRequestName]

/** What a request is answered with: the data, or what it is computed from; throw a `RequestError` to fail. */
export type FakeAnswer<K extends ClientRequestName> = (
  payload: PayloadOf<K>,
) => DataOf<K> | Promise<DataOf<K>>

/** Answers a fake client as a server with nothing in it would; the test says what else. */
export class FakeServer implements ServerSide {
  readonly requests: FakeRequest[] = []
  /** What the test answers. */
  readonly #answers = new Map<string, AnyAnswer>()
  /** What the test lets wait. */
  readonly #holds = new Map<string, Promise<unknown>>()
  isReachable = true
  refusal: object | undefined
  readonly #user: FakeUser
  readonly #parts: FakeParts
  readonly #sockets = new Set<FakeSocket>()

  constructor(user: FakeUser) {
    this.#user = user
    this.#parts = new FakeParts(user, (name, data) => this.#send(name, data))
  }

  get put(): PutFile {
    return this.#parts.files.put
  }

  admit(): { readonly hello: object } | { readonly refusal: object } {
    return this.refusal ? { refusal: this.refusal } : { hello: this.#hello() }
  }

  tried(socket: FakeSocket): void {
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

  /** Answers a request so from now on, or by itself again. What the test has let wait before goes on waiting. */
  answer(name: ClientRequestName, answer?: AnyAnswer): void {
    this.#holds.delete(name)
    if (answer) this.#answers.set(name, answer)
    else this.#answers.delete(name)
  }

  /** Leaves a request without an answer until the function that it returns is called. */
  hold(name: ClientRequestName): () => void {
    let release = (): void => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    this.#holds.set(name, Promise.all([this.#holds.get(name), held]))
    return release
  }

  push<K extends PushName>(name: K, data: PushOf<K>): void {
    this.#parts.notePush(name, data)
    this.#send(name, data)
  }

  #send(name: PushName, data: unknown): void {
    for (const socket of this.#sockets) socket.push(name, data)
  }

  receive(message: Message): void {
    this.#parts.receive(message)
  }

  /** What a request is answered with. */
  async answerTo(name: ClientRequestName, payload: unknown): Promise<unknown> {
    const held = this.#holds.get(name)
    if (held) await held
    const answer = this.#answers.get(name)
    if (!answer) return this.#ownAnswer(name, payload as Fields) ?? this.#madeUp(name, payload as Fields)
    const data = await answer(payload as never)
    this.#parts.noteAnswer(name, payload as Fields, data)
    return data
  }

  /** The least that the contract takes, which looks like what was asked for. */
  #madeUp(name: ClientRequestName, payload: Fields): unknown {
    const schema = clientRequests[name].data
    const made = sample(schema)
    // Who leaves the lobby is answered that it was the lobby.
    const isOneThing = typeof made === 'object' && made !== null && !Array.isArray(made)
    const like = isOneThing ? { ...made, ...pick(payload, Object.keys(made)) } : made
    return z.safeParse(schema, like).success ? like : made
  }

  /** What a server with nothing but conversations answers. */
  #ownAnswer(name: ClientRequestName, payload: Fields): unknown {
    const { threads, readers, streams, store, answers } = this.#parts
    const stream = streamOf(name, payload)
    if (name !== 'leave_thread') threads.expectThread(stream)
    const joined = name === 'join' ? payload.room : name === 'message_event' && payload.room_id
    if (typeof joined === 'string') readers.list(joined)
    if (clientRequests[name].data === clientRequests.get_messages.data)
      return streams.page(stream, payload as PagePlace)
    if (clientRequests[name].data === clientRequests.message_event.data) return store(stream, payload)
    if (Array.isArray(payload.messages)) return this.#storeAll(stream, payload.messages)
    return name === 'renew_token' ? this.#hello() : answers[name]?.(payload as never)
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

  #hello(): Hello {
    const { user_id = 'ann', workspace_id = 'demo', can: _, ...known } = this.#user
    const session = { user_id, workspace_id, can: this.#parts.can, limits, server_time: now() }
    return sampleWith(Hello, session, known)
  }
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
