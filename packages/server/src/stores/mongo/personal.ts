import { keptTable } from '../kept-tables.ts'
import { type Person, personOf } from '../person.ts'
import { erasedRow, personalData } from '../personal-data.ts'
import { PersonalSearch } from '../personal-search.ts'
import type { Collection, PortableRows } from '../portable.ts'
import type { DamagedRow, PersonalStore } from '../store.ts'
import type { Database } from './database.ts'
import { isTaken } from './errors.ts'
import { portableTables, type Tables } from './portable/tables.ts'

/** Few, since a page may be full after some of them. */
const readAtOnce = 250

/** What the database itself is, which version has written it, and the index of messages. */
const others = {
  meta: 'servers',
  searched: 'entries',
  search_cursors: 'streams',
  search_states: 'servers',
} as const

/** What a database knows of people. */
export function mongoPersonal(database: Database, report: (row: DamagedRow) => void): PersonalStore {
  const tables = portableTables(database)
  const { persist } = database.deadlines

  /** Looks at a collection; answers false if there was enough. */
  async function lookAt<C extends Collection>(
    search: PersonalSearch,
    workspaceId: string,
    collection: C,
    from: object | null,
  ): Promise<boolean> {
    const table: Tables[C] = tables[collection]
    // A cursor has the fields that name a row, which is all that is asked of it.
    for await (const rows of table.after(workspaceId, from as PortableRows[C] | null, readAtOnce))
      for (const row of rows as PortableRows[C][]) if (!search.look(collection, row)) return false
    return true
  }

  /** Tries again where somebody else has changed the row meanwhile. */
  async function eraseOne<C extends Collection>(
    workspaceId: string,
    collection: C,
    row: PortableRows[C],
    person: Person,
  ): Promise<void> {
    const table: Tables[C] = tables[collection]
    await persist(async () => {
      const now: PortableRows[C] | null = await table.find(workspaceId, row)
      const left = now && erasedRow(collection, now, person)
      if (!now || left === undefined) return true
      try {
        return (await table.change(workspaceId, now, left)) || undefined
      } catch (error) {
        if (!personalData[collection].isOneOfPerson || !isTaken(error)) throw error
        return (await table.change(workspaceId, now, null)) || undefined
      }
    })
  }

  return {
    async read(workspaceId, userIds, from) {
      const search = new PersonalSearch({ workspaceId, userIds, from, report })
      for (const [collection, after] of search.left())
        if (!(await lookAt(search, workspaceId, collection, after))) return search.page(false)
      return search.page(true)
    },

    async erase(workspaceId, rows, renamed) {
      const person = personOf(renamed)
      for (const { collection, row } of rows) await eraseOne(workspaceId, collection, row, person)
    },

    tables: async () => (await database.names()).map((name) => keptTable(name, others)),

    settle: async () => true,
  }
}
