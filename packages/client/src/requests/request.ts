import type { ClientRequestName, ClientRequests, PayloadOf, RequestDef, Schema } from '@dowellchat/protocol'
import { Failure, firstRequests, limits, utf8Length } from '@dowellchat/protocol/core'
import * as z from 'zod/mini'
import type { Connection } from '../connection/connection.ts'
import type { DataOf, ErrorBody } from '../entities.ts'
import { ownError, RequestError, unreadableAnswer } from '../errors.ts'
import { loadContract, requestDef, requestNames } from './contract.ts'
import { createPace, type Pace } from './pace.ts'
import { receiving } from './receiving.ts'

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
  const def = requestDef(name) ?? (await laterDef(name))
  const parsed = z.safeParse(def.payload, payload)
  if (!parsed.success) throw ownError(name, 'invalid_payload', await problemOf(parsed.error, payload))
  if (bytesOf(name, parsed.data) > mostBytes) throw tooLarge(name)
  return pace(async () => {
    // Never left to socket.io's buffer, which would send it after a reconnect, in an order of its own.
    if (!connection.socket.connected)
      throw ownError(name, 'unavailable', 'There is no connection to the server')
    return readAnswer(name, def.data, await emit(connection, name, parsed.data))
  })
}

async function laterDef(name: ClientRequestName): Promise<RequestDef> {
  try {
    return (await loadContract()).clientRequests[name]
  } catch {
    throw ownError(name, 'unavailable', `The code for ${name} could not be loaded`)
  }
}

/** What is wrong with a payload, as a text. */
async function problemOf(error: z.core.$ZodError, payload: unknown): Promise<string> {
  const contract = await loadContract().catch(() => undefined)
  return contract?.describeProblem(error, payload) ?? 'The payload is not valid'
}

/** Without the bytes that socket.io adds to a request. */
export const mostBytes = limits.frame_bytes - 32

const bytesOf = (name: string, data: unknown): number => utf8Length(JSON.stringify([name, data]))

const tooLarge = (name: ClientRequestName) => ownError(name, 'too_large', `${name} is too large to be sent`)

/** How many bytes a message takes when it is sent; a promise that rejects if it can never be sent as this request. */
export function messageBytes(
  name: 'message_event' | 'ticket_message_event',
  payload: PayloadOf<'message_event'>,
): number | Promise<never> {
  const parsed = z.safeParse(firstRequests.message_event.payload, payload)
  if (!parsed.success)
    return problemOf(parsed.error, payload).then((text) => {
      throw ownError(name, 'invalid_payload', text)
    })
  const bytes = bytesOf(name, parsed.data)
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
          ? ownError(name, 'unavailable', 'The connection was lost before the answer came')
          : ownError(name, 'timeout', 'The server did not answer in time'),
      )
    })
  })
}

function readAnswer(name: ClientRequestName, schema: Schema, answer: unknown): unknown {
  const failed = z.safeParse(receiving(Failure), answer)
  // What `receiving` gives for a failure.
  if (failed.success) throw new RequestError(name, (failed.data as { error: ErrorBody }).error)
  const data = z.safeParse(receiving(schema), (answer as { data?: unknown } | null)?.data)
  if (!data.success) throw unreadableAnswer(name, true)
  return data.data
}
