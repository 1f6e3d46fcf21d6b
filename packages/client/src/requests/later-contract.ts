import {
  type ClientRequestName,
  clientRequests,
  describeProblem,
  type PushName,
  pushes,
  type Schema,
} from '@dowellchat/protocol'
import * as z from 'zod/mini'
import type { RequestReaders } from './first-contract.ts'
import type { Reader } from './readers.ts'
import { receiving } from './receiving.ts'

// What a page loads when it first needs more than its session, rooms and messages.
export { cleanName } from '@dowellchat/protocol'

const readerOf =
  (schema: Schema): Reader =>
  (value) =>
    z.parse(schema, value)

export function readersOf(name: ClientRequestName): RequestReaders {
  const { payload, data } = clientRequests[name]
  return { payload: readerOf(payload), data: readerOf(receiving(data)) }
}

export function pushReader(name: PushName): Reader {
  return readerOf(receiving(pushes[name]))
}

/** What is wrong with a payload, as a text; undefined if it is valid. */
export function problemOf(name: ClientRequestName, payload: unknown): string | undefined {
  const { error } = z.safeParse(clientRequests[name].payload as Schema, payload)
  return error && describeProblem(error, payload)
}
