import type { Db, IndexDescription } from 'mongodb'
import { type Deadlines, deadlines, partOf } from './deadlines.ts'
import { inLanes } from './lanes.ts'
import type { Renewal } from './renewal.ts'
import {
  commandLimits,
  type DatabasePlace,
  type Declaration,
  type Rows,
  requireShardable,
  rowsOf,
  type TenantRow,
} from './rows.ts'

/** One document that belongs to no workspace. */
export interface Single<Content extends object> {
  read(): Promise<Content | undefined>
  /** Puts it in place of what was there, whole or not at all. */
  replace(content: Content): Promise<void>
}

/** What the domains keep their rows in. */
export interface Database {
  readonly deadlines: Deadlines
  /** The rows of a collection, with all its indexes; each index stands beside the queries that need it. */
  rows<Row extends TenantRow>(name: string, declaration: Declaration<Row>): Rows<Row>
  single<Content extends object>(collection: string, id: string): Single<Content>
  /** The names of all collections that there are. */
  names(): Promise<string[]>
  /** Makes those of the declared indexes that there are not. */
  createIndexes(db: Db): Promise<void>
}

/** @param place has the database as it is reached now */
export function databaseOver(place: DatabasePlace, deadlineMs: number, renewal?: Renewal): Database {
  const declared = new Map<string, IndexDescription[]>()
  const timeMs = partOf(deadlineMs)

  return {
    deadlines: deadlines(deadlineMs, renewal),

    rows<Row extends TenantRow>(name: string, declaration: Declaration<Row>) {
      requireShardable(name, declaration)
      declared.set(
        name,
        declaration.indexes.map(({ name, key, unique, only }) => ({
          name,
          key: Object.fromEntries(Object.entries<1 | undefined>(key).map(([field]) => [field, 1])),
          ...(unique && { unique }),
          ...(only && { partialFilterExpression: only }),
        })),
      )
      return rowsOf<Row>(place, name, timeMs, declaration)
    },

    single<Content extends object>(name: string, id: string): Single<Content> {
      const collection = () => place.db.collection<{ _id: string; content: Content }>(name)
      // The document belongs to the driver, `content` is what `replace` has put there.
      return {
        async read() {
          const found = await collection().findOne({ _id: id } as object, commandLimits(timeMs))
          return found?.content as Content | undefined
        },
        async replace(content) {
          const document = { content } as never
          await collection().replaceOne({ _id: id } as object, document, {
            ...commandLimits(timeMs),
            upsert: true,
          })
        },
      }
    },

    async names() {
      const found = await place.db.listCollections({}, { nameOnly: true, ...commandLimits(timeMs) }).toArray()
      return found.map(({ name }) => name).toSorted()
    },

    async createIndexes(db) {
      const found = await db.listCollections({}, { nameOnly: true }).toArray()
      const there = new Set(found.map(({ name }) => name))
      // Where servers start one after the other, as in a deploy, all are there: looking disturbs nobody's work.
      await inLanes([...declared], async ([name, indexes]) => {
        const collection = db.collection(name)
        const known = there.has(name) ? await collection.listIndexes().toArray() : []
        const missing = indexes.filter((one) => !known.some((other) => shapeOf(other) === shapeOf(one)))
        if (missing.length > 0) await collection.createIndexes(missing)
      })
    },
  }
}

/** What makes an index the same as another one. MongoDB leaves out what is false. */
function shapeOf({ name, key, unique, partialFilterExpression }: IndexDescription): string {
  return JSON.stringify([name, key, unique ?? false, partialFilterExpression ?? null])
}
