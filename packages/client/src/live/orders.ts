interface Row {
  readonly _id: string
  readonly created_at: string | null
}

const compareTexts = (a: string, b: string): number => (a < b ? -1 : Number(a > b))

/** The order in which the server has made things. */
function compareAges(a: Row, b: Row): number {
  return compareTexts(a.created_at ?? '', b.created_at ?? '') || compareTexts(a._id, b._id)
}

const idOf = ({ _id }: Pick<Row, '_id'>): string => _id

export const oldestFirst = { idOf, compare: compareAges }

export const newestFirst = { idOf, compare: (a: Row, b: Row): number => compareAges(b, a) }

/** What the server lists by its ids. */
export const newestIdFirst = {
  idOf,
  compare: (a: { _id: string }, b: { _id: string }): number => compareTexts(b._id, a._id),
}

/** By the users whom the items are about. */
export const byUser = {
  idOf: ({ user_id }: { readonly user_id: string }): string => user_id,
  compare: (a: { readonly user_id: string }, b: { readonly user_id: string }): number =>
    compareTexts(a.user_id, b.user_id),
}
