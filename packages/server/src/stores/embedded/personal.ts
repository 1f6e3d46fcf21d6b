import { keptTable } from '../kept-tables.ts'
import { personOf } from '../person.ts'
import { erasedRow, personalData } from '../personal-data.ts'
import { PersonalSearch } from '../personal-search.ts'
import type { Collection, PortableRows } from '../portable.ts'
import type { PersonalStore } from '../store.ts'
import type { Report } from './damage.ts'
import type { Sync } from './operations.ts'
import { type PortableTables, portableTables } from './portable/tables.ts'
import { rebuilder } from './rebuilding.ts'
import type { Database } from './sqlite.ts'

const batchSize = 500
/** They have nothing that the rows of these collections do not have. */
const parts = {
  call_devices: 'calls',
  open_calls: 'calls',
  call_parties: 'calls',
  room_members: 'rooms',
  room_counts: 'rooms',
  mentions: 'entries',
  searched: 'entries',
  search_terms: 'entries',
  search_terms_config: 'entries',
  search_terms_data: 'entries',
  search_terms_idx: 'entries',
  search_cursors: 'streams',
  search_states: 'servers',
  search_version: 'servers',
  rebuilds_due: 'servers',
} as const

/** What a file knows of people. */
export function embeddedPersonal(db: Database, report: Report): Sync<PersonalStore> {
  let prepared: PortableTables | undefined
  /** Prepared when they are first asked for, which most stores never are. */
  const tables = (): PortableTables => {
    prepared ??= portableTables(db)
    return prepared
  }
  const names = db.prepare<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
  )

  /** Looks at a collection; answers false if there was enough. */
  function lookAt<C extends Collection>(
    search: PersonalSearch,
    workspaceId: string,
    collection: C,
    from: object | null,
  ): boolean {
    const table: PortableTables[C] = tables()[collection]
    // A cursor has the fields that name a row, which is all that is asked of it.
    const all: Iterable<PortableRows[C][]> = table.after(
      workspaceId,
      from as PortableRows[C] | null,
      batchSize,
      report,
    )
    for (const rows of all) for (const row of rows) if (!search.look(collection, row)) return false
    return true
  }

  return {
    read(workspaceId, userIds, from) {
      const search = new PersonalSearch({ workspaceId, userIds, from, report })
      for (const [collection, after] of search.left())
        if (!lookAt(search, workspaceId, collection, after)) return search.page(false)
      return search.page(true)
    },

    erase(workspaceId, rows, renamed) {
      const person = personOf(renamed)
      for (const { collection, row } of rows) eraseOne(tables(), workspaceId, collection, row, person)
    },

    tables: () => names.all().map(({ name }) => keptTable(name, parts)),

    settle: rebuilder(db),
  }
}

function eraseOne<C extends Collection>(
  tables: PortableTables,
  workspaceId: string,
  collection: C,
  row: PortableRows[C],
  person: ReturnType<typeof personOf>,
): void {
  const table: PortableTables[C] = tables[collection]
  const now: PortableRows[C] | null = table.find(workspaceId, row)
  const left = now && erasedRow(collection, now, person)
  if (!now || left === undefined) return
  if (left === null) table.remove(workspaceId, now)
  else if (!personalData[collection].isOneOfPerson) table.change(workspaceId, now, left)
  else if (!table.replace(workspaceId, left)) table.remove(workspaceId, now)
}
