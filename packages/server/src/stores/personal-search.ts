import type { DamagedRow } from './health.ts'
import { type Person, personUnder } from './person.ts'
import { exportedRow, type PersonalData, type PersonalRow, personalData } from './personal-data.ts'
import { type Collection, collections, type PortableRows } from './portable.ts'
import { rowName, rowProblem } from './row-problem.ts'

/** What there is of a person, a bounded part of it. */
export interface PersonalPage {
  readonly rows: readonly PersonalRow[]
  /** Where to go on; null where nothing is left. */
  readonly next: string | null
}

/** Whether a text is a `next` of a page. */
export function isPersonalCursor(text: string): boolean {
  return cursorIn(text) !== undefined
}

interface Cursor {
  readonly collection: Collection
  /** The fields that name the last row that was looked at; null before the first. */
  readonly key: object | null
}

function cursorIn(text: string): Cursor | undefined {
  try {
    const [name, key] = JSON.parse(text) as unknown[]
    const collection = collections.find((one) => one === name)
    if (!collection || typeof key !== 'object' || key === null) return undefined
    const names: readonly string[] = personalData[collection].key
    const values = names.map((field) => (key as Readonly<Record<string, unknown>>)[field])
    const isWhole = values.every((value, at) => typeof value === (names[at] === 'seq' ? 'number' : 'string'))
    return isWhole ? { collection, key } : undefined
  } catch {
    return undefined
  }
}

/** The order of searching. Aliases come last: as long as something is left, they say under which ids it is. */
const order: readonly Collection[] = [...collections.filter((name) => name !== 'aliases'), 'aliases']

const lookedAtOnce = 2_000
/** Erasing them has to end before a client gives up. */
const foundAtOnce = 100
const bytesAtOnce = 200_000

/** What is looked for, and from where on. */
interface Wanted {
  readonly workspaceId: string
  readonly userIds: readonly string[]
  /** The last page's `next`; null begins. */
  readonly from: string | null
  readonly report: (row: DamagedRow) => void
}

/** Gathers the rows that are about a person, from a cursor on, until enough was looked at. */
export class PersonalSearch {
  readonly #workspaceId: string
  readonly #report: (row: DamagedRow) => void
  readonly #person: Person
  readonly #from: Cursor
  readonly #rows: PersonalRow[] = []
  #bytes = 0
  #looked = 0
  #last: string | null

  constructor({ workspaceId, userIds, from, report }: Wanted) {
    this.#workspaceId = workspaceId
    this.#report = report
    this.#person = personUnder(userIds)
    this.#from = (from !== null && cursorIn(from)) || { collection: 'topics' as const, key: null }
    this.#last = from
  }

  /** The collections that are left, each with the row after which to go on. */
  *left(): Generator<readonly [Collection, object | null]> {
    const from = order.indexOf(this.#from.collection)
    for (const [at, collection] of order.slice(from).entries())
      yield [collection, at === 0 ? this.#from.key : null]
  }

  /** Looks at a row; answers false if it is one too many: it is the next page's. */
  look<C extends Collection>(collection: C, row: PortableRows[C]): boolean {
    if (this.#looked === lookedAtOnce || this.#rows.length === foundAtOnce) return false
    const data: PersonalData<PortableRows[C]> = personalData[collection]
    if (this.#isAbout(collection, row)) {
      // Of its own collection.
      const found = { collection, row } as unknown as PersonalRow
      const bytes = Buffer.byteLength(JSON.stringify(exportedRow(found, this.#person)))
      if (this.#rows.length > 0 && this.#bytes + bytes > bytesAtOnce) return false
      this.#rows.push(found)
      this.#bytes += bytes
    }
    this.#looked += 1
    this.#last = JSON.stringify([
      collection,
      Object.fromEntries(data.key.map((field) => [field, row[field]])),
    ])
    return true
  }

  /** False, and told, where a row is too damaged to say; what is of others must not keep a person from what is theirs. */
  #isAbout<C extends Collection>(collection: C, row: PortableRows[C]): boolean {
    const data: PersonalData<PortableRows[C]> = personalData[collection]
    try {
      return data.isAbout(row, this.#person)
    } catch (error) {
      const problem = rowProblem(collection, row)
      if (problem === undefined) throw error
      this.#report({ workspace_id: this.#workspaceId, collection, place: rowName(collection, row), problem })
      return false
    }
  }

  page(isEnd: boolean): PersonalPage {
    return { rows: this.#rows, next: isEnd ? null : this.#last }
  }
}
