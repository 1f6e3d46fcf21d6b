import { DamagedRows } from '../../src/stores/health.ts'
import { databaseOver } from '../../src/stores/mongo/database.ts'
import { domainsOver } from '../../src/stores/mongo/index.ts'
import type { Declaration } from '../../src/stores/mongo/rows.ts'

/** A declaration, whatever its rows are. */
export type AnyDeclaration = Pick<Declaration<Record<string, unknown>>, 'shardKey' | 'indexes'>

const nowhere = {
  get db(): never {
    throw new Error('Declarations need no database')
  },
}

/** How every collection is kept, by its name. */
export function mongoDeclarations(): ReadonlyMap<string, AnyDeclaration> {
  const found = new Map<string, AnyDeclaration>()
  const database = databaseOver(nowhere, 1)
  const rows: typeof database.rows = (name, declaration) => {
    found.set(name, declaration as unknown as AnyDeclaration)
    return database.rows(name, declaration)
  }
  domainsOver({ ...database, rows }, new DamagedRows())
  return found
}
