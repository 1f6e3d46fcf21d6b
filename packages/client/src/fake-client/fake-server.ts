import {
  type ClientRequestName,
  clientRequests,
  Hello,
  type PayloadOf,
  type PushName,
  type PushOf,
  type Role,
  roomStream,
  streamOwner,
  ticketStream,
} from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { isQuestion } from '../connection/liveness.ts'
import type { DataOf, ErrorBody, ErrorCode, Message } from '../entities.ts'
import { ownError, RequestError } from '../errors.ts'
import type { FakeSocket, ServerSide } from './fake-socket.ts'
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

const epoch = 'fake'

/** Answers a fake client as a server with nothing in it would; the test says what else. */
export class FakeServer implements ServerSide {
  readonly requests: FakeRequest[] = []
  readonly answers = new Map<string, AnyAnswer>()
  isReachable = true
  refusal: object | undefined
  readonly #user: FakeUser
  readonly #streams = new Map<string, Message[]>()
  readonly #sockets = new Set<FakeSocket>()

  constructor(user: FakeUser) {
    this.#user = user
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
    for (const socket of this.#sockets) socket.push(name, data)
  }

  /** Puts a message at the end of its stream. */
  receive(message: Message): Message {
    const { stream } = message
    const messages = this.#streams.get(stream) ?? []
    const at = messages.length + 1
    const placed = { ...message, seq: at, nth: at }
    this.#streams.set(stream, [...messages, placed])
    for (const socket of this.#sockets) socket.push('entries', { stream, epoch, entries: [placed] })
    return placed
  }

  /** What a request is answered with. */
  async answerTo(name: ClientRequestName, payload: unknown): Promise<unknown> {
    const answer = this.answers.get(name)
    if (answer) return answer(payload as never)
    const schema = clientRequests[name].data
    const own = this.#ownAnswer(name, payload as Fields)
    if (own !== undefined) return own
    const made = sample(schema)
    // Who creates a ticket on billing gets one on billing.
    const isOneThing = typeof made === 'object' && made !== null && !Array.isArray(made)
    const like = isOneThing ? { ...made, ...pick(payload as object, Object.keys(made)) } : made
    return z.safeParse(schema, like).success ? like : made
  }

  /** What a server with nothing but conversations answers. */
  #ownAnswer(name: ClientRequestName, payload: Fields): unknown {
    const stream = streamOf(payload)
    if (clientRequests[name].data === clientRequests.get_messages.data)
      return this.#page(name, stream, payload)
    if (clientRequests[name].data === clientRequests.message_event.data) return this.#store(stream, payload)
    if (Array.isArray(payload.messages)) return this.#storeAll(stream, payload.messages)
    return name === 'renew_token' ? this.#hello() : undefined
  }

  /** One after the other, each as if it were sent alone. */
  async #storeAll(stream: string, drafts: readonly object[]): Promise<object> {
    const { kind, id } = streamOwner(stream)
    const name = kind === 'ticket' ? 'ticket_message_event' : 'message_event'
    const owner = kind === 'ticket' ? { ticket_id: id } : { room_id: id }
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
    const { cid, message_data, reply_to = null, client_created_at = null } = draft
    const content = { cid, message_data, reply_to, client_created_at } as Partial<Message>
    const created_at = new Date().toISOString()
    return this.receive(
      fixtures.message({ ...content, stream, created_at, author: user_id, display_name: name }),
    )
  }

  #page(name: ClientRequestName, stream: string, { position }: Fields): DataOf<'join'> {
    const all = this.#streams.get(stream) ?? []
    const { seq = 0 } = (position ?? {}) as { seq?: number }
    const last = all.at(-1)
    const head = { seq: all.length, nth: all.length, id: last?._id ?? null }
    const entries = name === 'get_messages' ? [] : all.slice(seq)
    return { stream, epoch, head, first_seq: 1, entries, more: false }
  }

  #hello(): Hello {
    const { user_id = 'ann', workspace_id = 'demo', ...known } = this.#user
    const can = Object.keys(clientRequests)
    return sampleWith(Hello, { user_id, workspace_id, can, server_time: new Date().toISOString() }, known)
  }
}

function streamOf({ stream, room, room_id, ticket_id }: Fields): string {
  if (stream !== undefined) return String(stream)
  return ticket_id === undefined ? roomStream(String(room ?? room_id)) : ticketStream(String(ticket_id))
}

function pick(from: object, names: readonly string[]): object {
  return Object.fromEntries(Object.entries(from).filter(([name]) => names.includes(name)))
}

/** An error as it travels. */
function bodyOf(name: ClientRequestName, error: unknown): ErrorBody {
  const problem = `The test’s answer to ${name} failed: ${error}`
  const made = error instanceof RequestError ? error : ownError(name, 'internal', problem)
  const { code, message, retryable, retryAfterMs, details } = made
  return {
    ...{ code, message, retryable },
    ...(retryAfterMs !== undefined && { retry_after_ms: retryAfterMs }),
    ...(details !== undefined && { details }),
  }
}

function failureOf(name: ClientRequestName, error: unknown): object {
  const body = bodyOf(name, error)
  return { status: 'failure', operation: name, data: body.message, error: body }
}

/** A failure of a request's, for what a test answers or shows. */
export function failureFor(name: ClientRequestName, code: ErrorCode, message?: string): RequestError {
  return ownError(name, code, message ?? `The test lets ${name} fail: ${code}`)
}
