import {
  type ClientRequestName,
  clientRequests,
  describeProblem,
  Failure,
  limits,
  type PayloadOf,
} from '@dowellchat/protocol'
import * as z from 'zod/mini'
import type { Connection } from '../connection/connection.ts'
import type { DataOf, ErrorBody } from '../entities.ts'
import { ownError, RequestError, unreadableAnswer } from '../errors.ts'
import { createPace, type Pace } from './pace.ts'
import { receiving } from './receiving.ts'

/**
 * Every request of people's clients as a method. A request that the server refuses for now (`rate_limited`) is repeated when the
 * server says, and rejects only if that does not help. Rejects with a `RequestError`; its code is one of the request's. Those of
 * operators (keys, the audit trail, personal data) are not here: they need a server key, and programs that have one need no
 * SDK for them.
 */
export type RequestMethods = {
  readonly [K in ClientRequestName]: (payload: PayloadOf<K>) => Promise<DataOf<K>>
}

const answerTimeoutMs = 10_000
const encoder = new TextEncoder()

export function createRequests(connection: Connection): RequestMethods {
  const names = Object.keys(clientRequests) as ClientRequestName[]
  const pace = createPace()
  const methods = names.map((name) => [name, (payload: unknown) => ask(connection, pace, name, payload)])
  // Built from the contract's own names.
  return Object.fromEntries(methods) as RequestMethods
}

async function ask(
  connection: Connection,
  pace: Pace,
  name: ClientRequestName,
  payload: unknown,
): Promise<unknown> {
  const parsed = read(name, payload)
  return pace(async () => {
    // Never left to socket.io's buffer, which would send it after a reconnect, in an order of its own.
    if (!connection.socket.connected)
      throw ownError(name, 'unavailable', 'There is no connection to the server')
    return readAnswer(name, await emit(connection, name, parsed.data))
  })
}

/** What is sent of a payload, and in how many bytes. Throws a `RequestError` if it can never be sent. */
function read(name: ClientRequestName, payload: unknown): { data: unknown; bytes: number } {
  const parsed = z.safeParse(clientRequests[name].payload, payload)
  if (!parsed.success) throw ownError(name, 'invalid_payload', describeProblem(parsed.error, payload))
  const bytes = encoder.encode(JSON.stringify([name, parsed.data])).length
  if (bytes > limits.frame_bytes - frameRoom)
    throw ownError(name, 'too_large', `${name} is too large to be sent`)
  return { data: parsed.data, bytes }
}

/** How many bytes a request has. Throws a `RequestError` if it can never be sent. */
export function payloadBytes<K extends ClientRequestName>(name: K, payload: PayloadOf<K>): number {
  return read(name, payload).bytes
}

/** Bytes that socket.io adds to a request. */
const frameRoom = 32

function emit({ socket }: Connection, name: ClientRequestName, payload: unknown): Promise<unknown> {
  // By callback, since code after an awaited acknowledgement mostly runs after the entry that arrived with it.
  return new Promise((resolve, reject) => {
    socket.timeout(answerTimeoutMs).emit(name, payload, (error: Error | null, answer: unknown) => {
      if (!error) return resolve(answer)
      const isLost = !socket.connected
      reject(
        isLost
          ? ownError(name, 'unavailable', 'The connection was lost before the answer came')
          : ownError(name, 'timeout', 'The server did not answer in time'),
      )
    })
  })
}

function readAnswer(name: ClientRequestName, answer: unknown): unknown {
  const failed = z.safeParse(receiving(Failure), answer)
  // What `receiving` gives for a failure.
  if (failed.success) throw new RequestError(name, (failed.data as { error: ErrorBody }).error)
  const data = z.safeParse(receiving(clientRequests[name].data), (answer as { data?: unknown } | null)?.data)
  if (!data.success) throw unreadableAnswer(name, true)
  return data.data
}
