import { describe, expect, it } from 'vitest'
import { makeOldDataFolder } from '../../../tests/support/old-data-folder.ts'
import { expectedOld, expectedPortable, portableRows, readOld } from '../../../tests/support/read-old.ts'
import { temporaryFolder } from '../../../tests/support/server-process.ts'
import { benPhone, newCall, rowOf, zoePhone } from '../../testing/store-cases/making.ts'
import { withStore } from '../../testing/store-cases/store-case.ts'
import { callFields } from '../fields/calls.ts'
import { namesOf } from '../fields/field.ts'
import { createEngine } from './engine.ts'
import { embeddedStore } from './index.ts'
import { embeddedPortable } from './portable/index.ts'
import { type Database, loadSqlite, prepareDatabase } from './sqlite.ts'
import { appended, linked } from './streams.ts'
import { tables } from './tables.ts'

const types = { text: 'TEXT', integer: 'INTEGER', real: 'REAL', boolean: 'INTEGER', json: 'TEXT' } as const
// What the rows of the field tables do not have.
const numbers: ReadonlySet<string> = new Set(['n', 'workspace_id', 'stream_n', 'ticket_count'])

interface ColumnInfo {
  readonly name: string
  readonly type: string
  readonly notnull: number
  readonly dflt_value: string | null
  readonly pk: number
}

/** What SQLite has in place of a default. */
function storedAs(missing: unknown): unknown {
  if (typeof missing === 'boolean') return Number(missing)
  return typeof missing === 'object' && missing !== null ? JSON.stringify(missing) : missing
}

async function withDatabase(run: (db: Database) => void): Promise<void> {
  const db = (await loadSqlite())(':memory:')
  try {
    prepareDatabase(db, ':memory:')
    run(db)
  } finally {
    db.close()
  }
}

describe('the tables that the migrations make', () => {
  it.each(Object.entries(tables))(
    'have a column for every field of %s, and no other',
    async (table, { all }) => {
      await withDatabase((db) => {
        const found = db
          .prepare<ColumnInfo>(`PRAGMA table_info(${table})`)
          .all()
          .filter(({ name }) => !numbers.has(name))
        const declared = found.map(({ name, type, notnull, pk }) => [
          name,
          { type, isNullable: notnull + pk === 0 },
        ])
        const wanted = all.map(({ name, field: { kind, isNullable } }) => [
          name,
          { type: types[kind], isNullable },
        ])
        const hint = `fields/ and migrations.ts differ in a column of ${table}: a new field needs a migration`
        expect(Object.fromEntries(declared), hint).toEqual(Object.fromEntries(wanted))
      })
    },
  )

  it.each(Object.entries(tables))(
    'give older rows of %s the defaults of the fields',
    async (table, { all }) => {
      await withDatabase((db) => {
        const found = db.prepare<ColumnInfo>(`PRAGMA table_info(${table})`).all()
        for (const { name, field } of all) {
          if (field.missing === undefined) continue
          const written = found.find((column) => column.name === name)?.dflt_value ?? 'NULL'
          const [row] = db.prepare<{ value: unknown }>(`SELECT ${written} AS value`).all()
          const kept = storedAs(field.missing)
          expect(row?.value, `the default of ${table}.${name} in migrations.ts`).toEqual(kept)
        }
      })
    },
  )

  it('get a value for every column of an entry when one is appended', () => {
    const hint = 'an append of streams.ts leaves out a column of entries'
    // What plain messages do not have.
    const others = ['type', 'aspect', 'original', 'pinned_seq']
    expect([...appended, ...linked, ...others].toSorted(), hint).toEqual(
      tables.entries.all.map(({ name }) => name).toSorted(),
    )
  })

  it('keep in the text of a call every field that clients see', async () => {
    await withDatabase((db) => {
      const [answer] = createEngine(db).run([['calls', 'create', [newCall()]]])
      expect(answer).toHaveProperty('value')
      const { body } = db.prepare<{ body: string }>('SELECT body FROM calls').get() ?? { body: '{}' }
      expect(Object.keys(JSON.parse(body)).toSorted()).toEqual(namesOf(callFields, 'entity').toSorted())
    })
  })
})

describe('a data folder of version 0.1.0', () => {
  it('opens, and reads as it was', async () => {
    const folder = temporaryFolder()
    await makeOldDataFolder(folder)
    const read = await withStore(() => embeddedStore({ path: folder }), readOld)
    expect(read).toEqual(expectedOld())
  })

  it('is moved as it was', async () => {
    const folder = temporaryFolder()
    await makeOldDataFolder(folder)
    const portable = await embeddedPortable(folder, { mustExist: true })
    try {
      expect(await portableRows(portable)).toEqual(expectedPortable())
    } finally {
      await portable.close()
    }
  })

  it('is gone on with', async () => {
    const folder = temporaryFolder()
    await makeOldDataFolder(folder)
    await withStore(
      () => embeddedStore({ path: folder }),
      async (store) => {
        const { _id } = rowOf(await store.calls.create(newCall({ caller: zoePhone })))
        const both = [{ _id }, { _id: 'call-1' }]
        expect(await store.calls.listOpen('acme', benPhone)).toMatchObject(both)
        expect(await store.calls.create(newCall())).toEqual({ conflict: 'limit' })
        await store.calls.transition('acme', 'call-1', { type: 'expire' })
        expect(await store.calls.history('acme', ['ann'], { limit: 9 })).toMatchObject([{ _id: 'call-1' }])
        const missed = await store.calls.history('acme', ['ben'], { missed: true, limit: 9 })
        expect(missed).toMatchObject([{ _id: 'call-1', reason: 'missed' }])
      },
    )
  })
})
