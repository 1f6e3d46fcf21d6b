/** The user ids of anonymous sessions begin with this; no other user id may. */
export const anonymousPrefix = 'guest:'
/** Behind all ids that begin so. */
export const afterAnonymous = 'guest;'

/** A person: the ids under which they are known, and what each becomes when they are erased. */
export interface Person {
  has(id: string | null | undefined): boolean
  /** The id that takes the place of one of the person's; any other id stays. */
  renamed<Id extends string | null>(id: Id): Id | string
}

/** @param renamed what becomes of each of the person's ids */
export function personOf(renamed: Readonly<Record<string, string>>): Person {
  const names = new Map(Object.entries(renamed))
  return {
    has: (id) => typeof id === 'string' && names.has(id),
    renamed: (id) => (id === null ? id : (names.get(id) ?? id)),
  }
}

/** A person under their ids, whom nothing renames. */
export function personUnder(userIds: readonly string[]): Person {
  return personOf(Object.fromEntries(userIds.map((id) => [id, id])))
}
