import { type Asked, batches } from './batches.ts'
import type { Deadlines } from './deadlines.ts'

/**
 * A look-up that many ask for at the same time, as when clients come back after a deploy. Those under one key that come while
 * one is under way are the next one together.
 * @param find answers them in their order
 */
export function lookups<Key, One, Answer>(
  deadlines: Deadlines,
  nameOf: (key: Key) => string,
  find: (key: Key, asked: readonly One[]) => Promise<readonly Answer[]>,
): (key: Key, one: One) => Promise<Answer> {
  const waiting = batches<Key, Answer, Asked<Answer> & { readonly one: One }>(
    deadlines,
    nameOf,
    async (key, asked) => {
      const answers = await find(
        key,
        asked.map(({ one }) => one),
      )
      for (const [at, each] of asked.entries()) each.answer = answers[at] as Answer
    },
  )
  return (key, one) => waiting.ask(key, { one })
}

/** As `lookups`, of a user's first rows in one workspace. */
export function listsOfUsers<Row extends { readonly user_id: string }>(
  deadlines: Deadlines,
  find: (workspaceId: string, users: readonly string[], limit: number) => Promise<Row[]>,
): (workspaceId: string, list: UserList) => Promise<Row[]> {
  return lookups(
    deadlines,
    (workspaceId: string) => workspaceId,
    (workspaceId, asked: readonly UserList[]) =>
      listsOf(
        asked,
        (some, limit) => find(workspaceId, [...new Set(some.map(({ user_id }) => user_id))], limit),
        (row, { user_id }) => row.user_id === user_id,
      ),
  )
}

interface UserList {
  readonly user_id: string
  readonly limit: number
}

/**
 * The first rows of each of several lists, read with one command. Where one of the lists may have more than its share, each is
 * read by itself.
 * @param find reads the rows of some lists, up to a number of all together, each list in its order
 */
export async function listsOf<One extends { readonly limit: number }, Row>(
  asked: readonly One[],
  find: (some: readonly One[], limit: number) => Promise<Row[]>,
  isIn: (row: Row, list: One) => boolean,
): Promise<Row[][]> {
  const limit = asked.reduce((sum, one) => sum + one.limit, 0)
  const rows = await find(asked, limit)
  if (rows.length < limit || asked.length === 1)
    return asked.map((list) => rows.filter((row) => isIn(row, list)).slice(0, list.limit))
  return Promise.all(asked.map((list) => find([list], list.limit)))
}
