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

interface UserList {
  readonly user_id: string
  readonly limit: number
}

/**
 * As `lookups`, of a user's first rows in one workspace.
 * @param find reads the rows of some users, up to a number of all together, each user's in their order
 */
export function listsOfUsers<Row>(
  deadlines: Deadlines,
  find: (workspaceId: string, users: readonly string[], limit: number) => Promise<Row[]>,
  isOf: (row: Row, userId: string) => boolean,
): (workspaceId: string, list: UserList) => Promise<Row[]> {
  return lookups(
    deadlines,
    (workspaceId: string) => workspaceId,
    async (workspaceId, asked: readonly UserList[]) => {
      const users = [...new Set(asked.map(({ user_id }) => user_id))]
      const limit = asked.reduce((sum, one) => sum + one.limit, 0)
      const rows = await find(workspaceId, users, limit)
      if (rows.length < limit || asked.length === 1)
        return asked.map((list) => rows.filter((row) => isOf(row, list.user_id)).slice(0, list.limit))
      // One of them may have more than its share.
      return Promise.all(asked.map((list) => find(workspaceId, [list.user_id], list.limit)))
    },
  )
}
