import { type Db, MongoServerError } from 'mongodb'
import { olderForm } from '../older-form.ts'
import { StoreOpenError } from '../store.ts'
import { giveStates } from './give-states.ts'
import { listMembers } from './list-members.ts'
import { nameParties } from './name-parties.ts'

/**
 * One step of the databases' form. A step may run again, from its beginning: after a kill, or on two servers that start
 * at the same moment, of which the slower may still be running it when the other has finished later ones. Servers of the
 * version before may still be writing.
 */
export type Migration = (db: Db) => Promise<void>

/**
 * The steps from an empty database to today's form; the `meta` document says how many of them a database has had. A
 * released step is never changed: what comes later is a further step. A field that rows lack needs none, unless queries
 * look for it: it reads as its default in the field table.
 */
export const migrations: readonly Migration[] = [
  // The form of 0.1.0, whose collections come into being with their first rows.
  async () => {},
  // Open calls are looked for by their owner; those from before have none.
  async (db) => {
    await db
      .collection('calls')
      .updateMany({ is_open: true, owner: { $exists: false } }, { $set: { owner: '' } })
  },
  listMembers,
  giveStates,
  nameParties,
]

interface Meta {
  readonly _id: string
  readonly version: number
}

/** @throws StoreOpenError where a database has had fewer steps: it is used as it is, or not at all */
export async function expectForm(db: Db): Promise<void> {
  const version = await versionOf(db)
  if (version > 0 && version < migrations.length)
    throw olderForm(`The database ${db.databaseName}`, version, migrations.length)
}

/** 0 for a database that is new. */
async function versionOf(db: Db): Promise<number> {
  const found = await db.collection<Meta>('meta').findOne({ _id: 'store' })
  return found?.version ?? 0
}

/** Runs the steps that a database lacks. @throws StoreOpenError where a newer version has written it */
export async function migrate(db: Db, steps: readonly Migration[] = migrations): Promise<void> {
  const version = await versionOf(db)
  if (version > steps.length) {
    throw new StoreOpenError(
      `The database ${db.databaseName} was written by a newer version (${version}, this one knows ${steps.length}); run that version`,
    )
  }
  const [step] = steps.slice(version)
  if (!step) return
  await step(db)
  await raise(db, version + 1)
  // Looks again, since another server may have got further meanwhile.
  await migrate(db, steps)
}

async function raise(db: Db, version: number): Promise<void> {
  const meta = db.collection<Meta>('meta')
  const options = { upsert: true, writeConcern: { w: 'majority' } } as const
  const write = () => meta.updateOne({ _id: 'store' }, { $max: { version } }, options)
  try {
    await write()
  } catch (error) {
    // Two servers made the document at the same moment; now it is there.
    if (!(error instanceof MongoServerError && error.code === 11_000)) throw error
    await write()
  }
}
