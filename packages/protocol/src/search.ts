import * as z from 'zod/mini'
import type { RequestDefs } from './define.ts'
import { Count, Id, ListLimit, StoredText, Text, Time, withProblem } from './fields.ts'
import { limits } from './limits.ts'
import { Message } from './messages.ts'

const Words = Text.check(
  withProblem((text: string) =>
    [...text].length > limits.search_length
      ? `expected at most ${limits.search_length} characters`
      : undefined,
  ),
)
const Places = z.array(Id).check(z.minLength(1), z.maxLength(limits.searched_places))

/** A message that was found. */
export const SearchHit = z.object({
  message: Message,
  /** A part of its text with what was found; at most `limits.excerpt_length` code points. */
  excerpt: StoredText,
  /** Where the words are in `excerpt`: from `start` up to `end`, in UTF-16 code units. */
  matches: z.array(z.object({ start: Count, end: Count })),
})
export type SearchHit = z.infer<typeof SearchHit>

export const searchRequests = {
  /**
   * Messages that have all the words of a text, the newest first, of the rooms in the session's list and the tickets that it may
   * read, with their threads. The last word may be the beginning of one, from three characters on. Accents and capitals make no
   * difference, and files are found by their names.
   */
  search: {
    payload: z.object({
      text: Words,
      /** Only messages of these rooms and tickets, of which the rooms need not be in the list. */
      rooms: z.optional(Places),
      tickets: z.optional(Places),
      /** Only messages of this user. */
      from: z.optional(Id),
      /** Only messages before this one: the `before` of the last answer. */
      before: z.optional(Id),
      limit: z.optional(ListLimit),
    }),
    data: z.object({
      hits: z.array(SearchHit),
      /** Whether more may be found from `before` on, also where this answer has no hits. */
      more: z.boolean(),
      before: z.nullable(Id),
      /** Until when messages are sure to be found; null if all are, but for those of the last seconds. */
      indexed_until: z.nullable(Time),
    }),
    errors: ['not_found'],
  },
} as const satisfies RequestDefs
export type SearchRequests = typeof searchRequests
