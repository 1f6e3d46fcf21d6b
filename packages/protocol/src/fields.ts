import * as z from 'zod/mini'
import { $ZodISODateTime } from 'zod/v4/core'
import { limits } from './limits.ts'
import { idProblem, textProblem } from './rules/text-problems.ts'
import { topicName } from './rules/topic-name.ts'
import { utf8Length } from './rules/utf8-length.ts'

/** A check from a function that returns the problem with a value, or undefined. */
export function withProblem<T>(problemOf: (value: T) => string | undefined): z.core.$ZodCheck<T> {
  return z.check<T>((payload) => {
    const problem = problemOf(payload.value)
    if (problem) payload.issues.push({ code: 'custom', message: problem, input: payload.value })
  })
}

/**
 * An identifier or a name in a payload: 1 to 128 visible characters, in their normal form. Nothing changes it; `normalName`
 * makes one.
 */
export const Id = z.string().check(withProblem(idProblem))

/** An id or a name in what the server sends. Rows of earlier versions may have ones that payloads may not. */
export const StoredId = z.string().check(z.minLength(1), z.maxLength(limits.id_length))

/** The name of a thing in a payload, as an `Id`. The names of people are cleaned instead, by `cleanName`. */
export const Name = Id

/** The name of a stream in what the server sends: `room:<name>`, `ticket:<id>` or `thread:<id>`. */
export const StoredStreamName = z
  .string()
  .check(
    z.maxLength('ticket:'.length + limits.id_length),
    z.regex(/^[a-z]+:./u, 'expected <kind>:<name>, such as room:<name>'),
  )

/** The name of a stream in a payload: `room:<name>`, `ticket:<id>` or `thread:<id>`. */
export const StreamName = StoredStreamName.check(
  withProblem((stream) => idProblem(stream.slice(stream.indexOf(':') + 1))),
)

/** A text of a message that may have nothing but files. */
export const TextOrNone = z
  .string()
  .check(withProblem((text) => (text === '' ? undefined : textProblem(text))))

/** A displayable text: it shows something, and has at most 16,000 code points. It is stored unchanged. */
export const Text = z.string().check(withProblem(textProblem))

/** A text in what the server sends: '' in a removed message. Earlier versions kept some that show nothing. */
export const StoredText = z.string()

/** A UUID that the client generates for each thing it creates. Resending it has no second effect. Version 7 is the fastest to store. */
export const Cid = z.uuid()

/** A UUID per tab; it stays the same across reconnects. */
export const DeviceId = z.uuid()

/** An ISO 8601 time in UTC. `z.iso` would add all of its formats to a client's bundle. */
function isoTime(precision: number | null): $ZodISODateTime {
  const format = { type: 'string', format: 'datetime', check: 'string_format', abort: false } as const
  return new $ZodISODateTime({ ...format, offset: false, local: false, precision })
}

/** A time set by the server: ISO 8601 in UTC with milliseconds. */
export const Time = isoTime(3)

const nullableTime = z.nullable(isoTime(null))

/** When the client says it created something. Anything but an ISO 8601 time in UTC becomes null and never fails a request. */
// `z.catch` would add all of zod's helpers to a client's bundle (3 kB gzipped). The cast is the same as in `z.catch`.
export const ClientTime = new z.ZodMiniCatch({
  type: 'catch',
  innerType: nullableTime,
  catchValue: () => null,
}) as z.ZodMiniCatch<typeof nullableTime>

/** A whole number, 0 or more. */
export const Count = z.int().check(z.minimum(0))

/** The largest number of entries that a page may have. */
export const Limit = z.int().check(z.minimum(1), z.maximum(limits.page_entries))

/** The largest number of rows that a list may have. */
export const ListLimit = z.int().check(z.minimum(1), z.maximum(limits.list_rows))

/** A topic's normalized name: lower case, with `_` for spaces. `topicName(text)` converts a text to it. */
export const TopicName = Id.check(
  z.refine((name) => name === topicName(name), 'expected lower case letters and _ for spaces'),
)

function signalProblem(signal: unknown): string | undefined {
  const isObject = typeof signal === 'object' && signal !== null && !Array.isArray(signal)
  if (!isObject && (typeof signal !== 'string' || signal === ''))
    return 'expected an object or a text that is not empty'
  if (utf8Length(JSON.stringify(signal)) > limits.signal_bytes) {
    return `expected at most ${limits.signal_bytes} bytes`
  }
  return undefined
}

/** What the two ends of a call send each other: an object or a text, opaque to the server, at most 60 KiB as JSON. */
export const Signal = z.unknown().check(withProblem(signalProblem))

/** An address of the web: http or https, at most 1,024 characters. */
export const WebAddress = z
  .string()
  .check(
    z.maxLength(limits.picture_length),
    z.regex(/^https?:\/\/[^\s\p{Cc}\p{Cs}]+$/u, 'expected an http or https URL'),
  )

/** The address of a picture. */
export const Picture = WebAddress

/** Objects with any keys. `z.record` would add 1 kB to a client's bundle. */
function anyKeys<T>(isValue: (value: unknown) => boolean) {
  const check = z.check<unknown>(({ value, issues }) => {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (!isObject || !Object.values(value).every(isValue))
      issues.push({ code: 'invalid_type', expected: 'object', input: value })
  })
  return z.unknown().check(check) as unknown as z.ZodMiniType<Record<string, T>, Record<string, T>>
}

function metadataProblem(metadata: unknown): string | undefined {
  if (utf8Length(JSON.stringify(metadata)) > limits.metadata_bytes) {
    return `expected at most ${limits.metadata_bytes} bytes`
  }
  return undefined
}

/** A team's own data about something: a JSON object of at most 4 KiB. The server stores it unchanged. */
export const Metadata = anyKeys<unknown>(() => true).check(withProblem(metadataProblem))

/** Whole numbers by name. */
export const Counts = anyKeys<number>((value) => Number.isSafeInteger(value) && Number(value) >= 0)
