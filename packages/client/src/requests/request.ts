import type { ClientRequestName, ClientRequests, PayloadOf } from '@dowellchat/protocol'
import { limits, utf8Length } from '@dowellchat/protocol/core'
import type { Connection } from '../connection/connection.ts'
import type { DataOf } from '../entities.ts'
import { ownError, RequestError, unreadableAnswer } from '../errors.ts'
import { contract, readersOf, requestNames } from './contract.ts'
import { failure, firstRequests } from './first-contract.ts'
import { createPace, type Pace } from './pace.ts'
import { type Reader, read } from './readers.ts'

/**
 * Every request of people's clients as a method. A request that the server refuses for now (`rate_limited`) is repeated when the
 * server says, and rejects only if that does not help. Rejects with a `RequestError`; its code is one of the request's. Those of
 * operators (keys, the audit trail, personal data) are not here: they need a server key, and programs that have one need no
 * SDK for them.
 */
export type RequestMethods = {
  readonly [K in keyof ClientRequests]: (payload: PayloadOf<K>) => Promise<DataOf<K>>
}

const answerTimeoutMs = 10_000

export function createRequests(connection: Connection): RequestMethods {
  const pace = createPace()
  const methods = requestNames.map((name) => [
    name,
    (payload: unknown) => ask(connection, pace, name, payload),
  ])
  // Built from the contract's own names.
  return Object.fromEntries(methods) as RequestMethods
}

async function ask(
  connection: Connection,
  pace: Pace,
  name: ClientRequestName,
  payload: unknown,
): Promise<unknown> {
  // Awaited only while it is being loaded, so that requests leave at once and in the order of the calls.
  const readers = readersOf(name) ?? (await contract.load(name)).readersOf(name)
  const sent = read(readers.payload, payload)
  if (sent === undefined) throw ownError(name, 'invalid_payload', await problemOf(name, payload))
  if (bytesOf(name, sent) > mostBytes) throw tooLarge(name)
  return pace(async () => {
    // Never left to socket.io's buffer, which would send it after a reconnect, in an order of its own.
    if (!connection.socket.connected)
      throw ownError(name, 'unavailable', 'There is no connection to the server')
    return readAnswer(name, readers.data, await emit(connection, name, sent))
  })
}

/** What is wrong with a payload, as a text. */
async function problemOf(name: ClientRequestName, payload: unknown): Promise<string> {
  const loaded = await contract.load(name).catch(() => undefined)
  return loaded?.problemOf(name, payload) ?? 'The payload is not valid'
}

/** Without the bytes that socket.io adds to a request. */
export const mostBytes = limits.frame_bytes - 32

const bytesOf = (name: string, data: unknown): number => utf8Length(JSON.stringify([name, data]))

const tooLarge = (name: ClientRequestName) => ownError(name, 'too_large', `${name} is too large to be sent`)

/** How many bytes a message takes when it is sent; a promise that rejects if it can never be sent as this request. */
export function messageBytes(
  name: 'message_event' | 'ticket_message_event' | 'send_messages',
  payload: PayloadOf<'message_event'>,
): number | Promise<never> {
  const sent = read(firstRequests.message_event.payload, payload)
  if (!sent)
    return problemOf('message_event', payload).then((text) => {
      throw ownError(name, 'invalid_payload', text)
    })
  const bytes = bytesOf(name, sent)
  return bytes > mostBytes ? Promise.reject(tooLarge(name)) : bytes
}

function emit({ socket }: Connection, name: ClientRequestName, payload: unknown): Promise<unknown> {
  // By callback, since code after an awaited acknowledgement mostly runs after the entry that arrived with it.
  return new Promise((resolve, reject) => {
    socket.timeout(answerTimeoutMs).emit(name, payload, (error: Error | null, answer: unknown) => {
      if (!error) return resolve(answer)
      const isLost = !socket.connected
      reject(
        isLost
          ? ownError(name, 'unavailable', 'The connection is lost')
          : ownError(name, 'timeout', 'The server does not answer'),
      )
    })
  })
}

function readAnswer(name: ClientRequestName, reader: Reader, answer: unknown): unknown {
  const failed = read(failure, answer)
  if (failed) throw new RequestError(name, failed.error)
  const data = read(reader, (answer as { data?: unknown } | null)?.data)
  if (data === undefined) throw unreadableAnswer(name, true)
  return data
}
