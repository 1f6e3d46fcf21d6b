/** The loaded part of a list that the server has in an order of its own. */
export interface Loaded<Item> {
  readonly items: readonly Item[]
  /** Whether others follow the last one. */
  readonly hasMore: boolean
}

/** How items are told apart, and where one belongs. */
export interface Order<Item> {
  idOf(item: Item): string
  /** Below zero if `a` comes before `b`. What the server has put in order stays so. */
  compare(a: Item, b: Item): number
  /** Whether an item is older than what the list has of it. Default: never. */
  isOutdated?(item: Item, known: Item): boolean
  /** What an answer's item becomes by what was put while the answer was under way. Default: what was put. */
  merge?(put: Item, answered: Item): Item
}

/** What can change in a list. */
export interface Changes<Item> {
  /** Shows an item in its place, unless that is beyond what is loaded. */
  readonly put: (item: Item) => void
  readonly remove: (id: string) => void
}

/** The list with an item in its place. Answers the same object if nothing changes. */
export function withItem<Item>(
  order: Order<Item>,
  loaded: Loaded<Item>,
  item: Item,
  most: number,
): Loaded<Item> {
  const { items, hasMore } = loaded
  const { idOf, compare, isOutdated } = order
  const at = items.findIndex((one) => idOf(one) === idOf(item))
  const known = items[at]
  if (known !== undefined) {
    if (isOutdated?.(item, known)) return loaded
    if (compare(item, known) === 0)
      return { items: items.map((one) => (one === known ? item : one)), hasMore }
  }
  const others = known === undefined ? items : items.filter((one) => one !== known)
  const place = others.findIndex((one) => compare(item, one) < 0)
  if (place < 0 && hasMore) return known === undefined ? loaded : { items: others, hasMore }
  const end = place < 0 ? others.length : place
  const next = [...others.slice(0, end), item, ...others.slice(end)]
  return next.length > most ? { items: next.slice(0, most), hasMore: true } : { items: next, hasMore }
}

export function withoutItem<Item>({ idOf }: Order<Item>, loaded: Loaded<Item>, id: string): Loaded<Item> {
  const items = loaded.items.filter((one) => idOf(one) !== id)
  return items.length === loaded.items.length ? loaded : { ...loaded, items }
}

/** The list with the items of its next page. */
export function withPage<Item>(
  { idOf }: Order<Item>,
  { items }: Loaded<Item>,
  page: Loaded<Item>,
): Loaded<Item> {
  const known = new Set(items.map(idOf))
  return { ...page, items: [...items, ...page.items.filter((one) => !known.has(idOf(one)))] }
}

/** What has become of items: null for one that was removed. */
export type Changed<Item> = ReadonlyMap<string, Item | null>

export function withChanges<Item>(
  order: Order<Item>,
  loaded: Loaded<Item>,
  changed: Changed<Item>,
  most: number,
): Loaded<Item> {
  let now: Loaded<Item> = { items: loaded.items, hasMore: loaded.hasMore }
  for (const [id, item] of changed) {
    if (item === null) now = withoutItem(order, now, id)
    else now = withItem(order, now, merged(order, now.items, id, item), most)
  }
  return now
}

function merged<Item>({ idOf, merge }: Order<Item>, items: readonly Item[], id: string, put: Item): Item {
  const answered = merge && items.find((one) => idOf(one) === id)
  return merge && answered !== undefined ? merge(put, answered) : put
}

/** Remembers what changes while answers are under way, which may not have it yet. */
export interface Recorder<Item> {
  readonly begin: () => { readonly end: () => Changed<Item> }
  readonly note: (id: string, item: Item | null) => void
}

export function createRecorder<Item>(): Recorder<Item> {
  const records = new Set<Map<string, Item | null>>()
  return {
    begin() {
      const record = new Map<string, Item | null>()
      records.add(record)
      return {
        end() {
          records.delete(record)
          return record
        },
      }
    },
    note(id, item) {
      for (const record of records) {
        // The last change comes last.
        record.delete(id)
        record.set(id, item)
      }
    },
  }
}
