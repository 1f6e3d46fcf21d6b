import { Id, Picture, Role, StoredId } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { reservedProblem } from '../tokens/reserved-ids.ts'

/** The name of a room, or the beginning of names with `*` at its end. */
const RoomPattern = z
  .string()
  .check(z.maxLength(128), z.regex(/^(?=.)[^*]*\*?$/u, 'expected * at the end only'))

/** A user id that somebody has proved. */
export const UserId = Id.check(
  z.refine((id) => reservedProblem(id) === undefined, {
    error: ({ input }) => reservedProblem(String(input)),
  }),
)

/** What an identity may say besides the user's id. */
export const identityFields = {
  role: z.optional(Role),
  name: z.optional(z.unknown()),
  picture: z.optional(z.unknown()),
  rooms: z.optional(z.array(RoomPattern)),
}

/** The claims of a token whose signature is right. Times in seconds since 1970. */
export const TokenClaims = z.object({
  sub: UserId,
  iat: z.number(),
  exp: z.number(),
  workspace_id: z.optional(StoredId),
  ...identityFields,
})
export type TokenClaims = z.infer<typeof TokenClaims>

/** The address of a picture; null for anything else. */
export function pictureOf(picture: unknown): string | null {
  return z.safeParse(Picture, picture).data ?? null
}
