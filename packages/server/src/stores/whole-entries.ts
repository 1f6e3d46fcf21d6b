import { Entry } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { entryPattern } from './entry-patterns.ts'

const whole = new RegExp(entryPattern, 'y')

/** What a page has to have: `ids` with commas between them, and entries of one seq after the other, unless some are left out. */
export interface ExpectedEntries {
  readonly stream: string
  readonly low: number
  readonly high: number
  readonly ids: string
  readonly messagesOnly: boolean
  /** How many there are; undefined if nobody knows. */
  readonly count: number | undefined
}

/**
 * Whether joined texts are whole entries, each at its place. False may be wrong, and says to look at each of them; a false
 * true would let invalid JSON leave the server. One pass of a regular expression over a page costs less than
 * SQLite's `json_valid`, and a third of parsing it, and sees places and fields too.
 */
export function areWhole(texts: string, expected: ExpectedEntries): boolean {
  const stream = JSON.stringify(expected.stream)
  const ids = expected.ids.split(',')
  let seq = expected.low - 1
  let lastNth = -1
  let found = 0
  for (whole.lastIndex = 0; whole.lastIndex < texts.length; found++) {
    const match = whole.exec(texts)
    if (!match || match[2] !== stream || match[1] !== `"${ids[found]}"`) return false
    const [at, nth] = [Number(match[3]), Number(match[4])]
    const isNext = expected.messagesOnly ? at > seq && match[5] !== undefined : at === seq + 1
    const counts = match[5] === undefined ? nth === lastNth : nth === lastNth + 1
    if (!isNext || (found > 0 && !counts)) return false
    seq = at
    lastNth = nth
  }
  if (seq > expected.high || texts.endsWith(',') || found !== ids.length) return false
  return expected.messagesOnly
    ? expected.count === undefined || found === expected.count
    : seq === expected.high
}

/** What is wrong with an entry's text at a place; undefined if nothing is. */
export function damageOf(
  text: unknown,
  place: { readonly stream: string; readonly seq: number; readonly nth: number; readonly _id: string },
): string | undefined {
  if (typeof text !== 'string') return 'its text is missing'
  let entry: unknown
  try {
    entry = JSON.parse(text)
  } catch {
    return 'its text is no JSON'
  }
  const parsed = z.safeParse(Entry, entry)
  if (!parsed.success) return `its field ${parsed.error.issues[0]?.path.join('.') || 'type'} is wrong`
  const wrong = (['stream', 'seq', 'nth', '_id'] as const).find(
    (field) => parsed.data[field] !== place[field],
  )
  return wrong && `its text is of another ${wrong}`
}
