import * as z from 'zod/mini'
import type { RequestDefs } from './define.ts'
import { Count, StoredId, withProblem } from './fields.ts'
import { textProblem } from './rules/text-problems.ts'

/** A row that is about a person, under the name of what it belongs to: `entries`, `tickets` … */
export const PersonalRow = z.object({
  collection: z.string(),
  row: z.record(z.string(), z.unknown()),
})
export type PersonalRow = z.infer<typeof PersonalRow>

// It names the place at which an answer ended.
const cursor = () => z.string().check(z.minLength(1), z.maxLength(1_024), withProblem(textProblem))

// Whoever is in a row can be erased: earlier versions took ids that payloads may not have today. None has half a pair.
const personId = () =>
  StoredId.check(z.refine((id) => !/\p{Cs}/u.test(id), 'expected no half surrogate pairs'))

export const personalDataRequests = /* @__PURE__ */ (() =>
  ({
    /**
     * What the server has about a person: messages, tickets, calls and everything else, also from before they logged in. At
     * most 256 KiB at a time; repeat with `after: next` until `next` is null. An answer without rows may have a `next`.
     */
    export_user: {
      payload: z.object({ user_id: personId(), after: z.optional(cursor()) }),
      data: z.object({ rows: z.array(PersonalRow), next: z.nullable(z.string()) }),
    },
    /**
     * Erases what `export_user` answers: messages become `removed`, and elsewhere a hash takes the place of the id. Repeat with
     * `after: next` until `next` is null. `rows` is how many rows this call has erased, `replacement` the hash. From the beginning it finds what is left.
     */
    erase_user: {
      payload: z.object({ user_id: personId(), after: z.optional(cursor()) }),
      data: z.object({ rows: Count, replacement: StoredId, next: z.nullable(z.string()) }),
    },
  }) as const satisfies RequestDefs)()
export type PersonalDataRequests = typeof personalDataRequests
