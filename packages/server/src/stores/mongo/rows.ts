import type { Collection, Db, Document, Filter, OptionalUnlessRequiredId, UpdateFilter } from 'mongodb'
import { completing, type Fields, inStore, text } from '../fields/field.ts'
import { StoreUnavailableError } from '../store.ts'
import { isDuplicate, takenIn } from './errors.ts'
import { below, oneOf, toFilter, type Where } from './where.ts'

/** What every collection of a tenant's data has. */
export interface TenantRow {
  readonly _id: string
  readonly workspace_id: string
}

export const tenantFields = { _id: inStore(text), workspace_id: inStore(text) }

type Keys<Row> = { readonly [Field in keyof Row & string]?: 1 }

/** An index, with the condition for a row to be in it. */
export interface Index<Row> {
  readonly name: string
  readonly key: Keys<Row>
  readonly unique?: true
  readonly only?: { readonly [Field in keyof Row]?: boolean | { readonly $gt: number | string } }
}

/** How a collection is kept, and every field of its documents. Unique indexes begin with the shard key, or a sharded cluster could not have them. */
export interface Declaration<Row> {
  readonly fields: Fields<Row>
  readonly shardKey: Keys<Row>
  readonly indexes: readonly Index<Row>[]
  /** What a row reads as that lacks what follows from its other fields. */
  whole?(row: Row): Row
}

/** The part of the rows that is read; without `fields` the whole rows. */
export interface Selection<Row, Field extends keyof Row> {
  readonly fields?: readonly Field[]
  readonly sort?: { readonly [F in keyof Row & string]?: 1 | -1 }
  readonly limit?: number
  /** How many rows come at a time. */
  readonly batch?: number
}

/** What becomes of a row. */
export interface Update<Row> {
  readonly $set?: Partial<Row>
  readonly $inc?: { readonly [Field in keyof Row]?: number }
  /** Sets what is lower than this, or null. */
  readonly $max?: Partial<Row>
}

/** A row, and what becomes of it. */
export interface Change<Row> {
  readonly where: Where<Row>
  readonly update: Update<Row>
}

/**
 * The rows of one kind, of all workspaces. All that this driver does to MongoDB's data goes through here: every filter
 * is checked, every command has its deadline.
 */
export interface Rows<Row extends TenantRow> {
  find<Field extends keyof Row = keyof Row>(
    where: Where<Row>,
    selection?: Selection<Row, Field>,
  ): Promise<Pick<Row, Field>[]>
  /** As `find`, in every workspace. */
  findEverywhere<Field extends keyof Row = keyof Row>(
    where: Omit<Where<Row>, 'workspace_id'>,
    selection?: Selection<Row, Field>,
  ): Promise<Pick<Row, Field>[]>
  /** Reads row by row, as long as it is asked for more. */
  each<Field extends keyof Row = keyof Row>(
    where: Where<Row>,
    selection?: Selection<Row, Field>,
  ): AsyncIterable<Pick<Row, Field>>
  get<Field extends keyof Row = keyof Row>(
    where: Where<Row>,
    fields?: readonly Field[],
  ): Promise<Pick<Row, Field> | undefined>
  /** Finds the rows of any of these, each of which is in one workspace. */
  findAny<Field extends keyof Row>(
    wheres: readonly Where<Row>[],
    fields: readonly Field[],
  ): Promise<Pick<Row, Field>[]>
  /** Whether the server looks such rows up in an index, or reads the whole collection. */
  usesIndexes(wheres: readonly Where<Row>[]): Promise<boolean>
  /** Runs stages over rows. @param stages constants, numbers that were computed here, and what `toFilter` and `containing` have made */
  aggregate<Result extends Document>(where: Where<Row>, stages: readonly Document[]): Promise<Result[]>
  /** Runs stages over the rows of any of these. */
  aggregateAny<Result extends Document>(
    wheres: readonly Where<Row>[],
    stages: readonly Document[],
  ): Promise<Result[]>
  /** Inserts one after the other, up to the first whose key is taken; answers how many. */
  insert(rows: readonly Row[]): Promise<number>
  /**
   * Puts rows in the places of those with their ids that have a lower number in a field, and adds those that there are not. A
   * row that is as new, or newer, stays.
   */
  putNewer(rows: readonly Row[], field: keyof Row & string): Promise<void>
  /** As `change`, and answers the row as it is then, undefined where there was none. It costs more. */
  changeAndRead(where: Where<Row>, update: Update<Row>): Promise<Row | undefined>
  /** Changes one row; answers whether there was one. @throws where its new key is taken */
  change(where: Where<Row>, update: Update<Row>): Promise<boolean>
  /** Changes one row for each, in any order; answers how many of the rows there were. */
  changeEach(changes: readonly Change<Row>[]): Promise<number>
  /** Changes every such row of a workspace. */
  changeAll(where: Where<Row>, update: Update<Row>): Promise<void>
  remove(where: Where<Row>): Promise<number>
}

/** Throws where a sharded cluster could not have the indexes. */
export function requireShardable<Row>(name: string, { shardKey, indexes }: Declaration<Row>): void {
  const shard = Object.keys(shardKey)
  for (const { name: index, key, unique } of indexes) {
    const begin = Object.keys(key).slice(0, shard.length)
    if (unique && begin.join() !== shard.join())
      throw new Error(`The unique index ${index} of ${name} does not begin with ${shard.join(', ')}`)
  }
}

/** How often a row is put: the second time finds what another server has added at the moment of the first. */
const mostPuts = 2

const countedFewer = 'The store is unavailable: the server has inserted fewer rows than it was sent'

/** How much longer than the server a command is waited for, whose own answer that its time is up shall come first. */
const patience = 4 / 3

/**
 * The deadlines of one command: the server's and ours. The driver (7.9) waits for ever, and keeps the connection, where it
 * writes to one that has just been closed; `socketTimeoutMS` does not see that.
 */
export function commandLimits(timeMs: number): { maxTimeMS: number; signal: AbortSignal } {
  return { maxTimeMS: timeMs, signal: AbortSignal.timeout(timeMs * patience) }
}

/** Where the database is reached, which may change. */
export interface DatabasePlace {
  readonly db: Db
}

/** The rows of a collection. @param timeMs how long a command may take */
export function rowsOf<Row extends TenantRow>(
  place: DatabasePlace,
  name: string,
  timeMs: number,
  { fields: table, whole = (row) => row }: Pick<Declaration<Row>, 'fields' | 'whole'>,
): Rows<Row> {
  const collection = (): Collection<Row> => place.db.collection<Row>(name)
  // The driver's types for filters and updates allow far more than `Where` and `Update` do.
  const filterOf = (where: object) => toFilter(where) as Filter<Row>
  const updateOf = (update: Update<Row>) => update as UpdateFilter<Row>

  const anyOf = (wheres: readonly object[]) => ({ $or: wheres.map(toFilter) }) as Filter<Row>

  const defaults = completing(table)
  const complete = (row: Row): Row => whole(defaults(row))

  function cursor<Field extends keyof Row>(
    where: Where<Row>,
    { fields, sort = {}, limit = 0, batch }: Selection<Row, Field>,
  ) {
    const found = collection().find<Pick<Row, Field>>(filterOf(where), {
      ...commandLimits(timeMs),
      sort: orderOf(sort),
      limit,
      ...(batch !== undefined && { batchSize: batch }),
      ...(fields && { projection: projectionOf(fields) }),
    })
    // Without `fields` they are whole rows.
    return found.map(fields ? completing(table, fields) : (row) => complete(row as unknown as Row))
  }

  /** Inserts those whose ids are free; answers the others. */
  async function insertFree(rows: readonly Row[]): Promise<readonly Row[]> {
    if (rows.length === 0) return []
    const documents = rows as readonly OptionalUnlessRequiredId<Row>[]
    try {
      await collection().insertMany(documents, { ...commandLimits(timeMs), ordered: false })
      return []
    } catch (error) {
      return takenIn(error).flatMap((at) => rows[at] ?? [])
    }
  }

  /** Replaces what is older; answers those that another server has added meanwhile, or whose ids newer ones have. */
  async function replaceOlder(rows: readonly Row[], field: keyof Row & string): Promise<readonly Row[]> {
    const puts = rows.map((row) => {
      const { _id, workspace_id, ...fields } = row
      // The field is a number, as the caller says.
      const filter = filterOf({ workspace_id, _id, [field]: below(row[field] as number) })
      return { updateOne: { filter, update: updateOf({ $set: fields as Partial<Row> }), upsert: true } }
    })
    try {
      await collection().bulkWrite(puts, { ...commandLimits(timeMs), ordered: false })
      return []
    } catch (error) {
      return takenIn(error).flatMap((at) => rows[at] ?? [])
    }
  }

  return {
    find: (where, selection = {}) => cursor(where, selection).toArray(),

    findEverywhere: (where, selection = {}) => cursor(where as Where<Row>, selection).toArray(),

    each: (where, selection = {}) => cursor(where, selection),

    async get(where, fields) {
      const [row] = await cursor(where, { limit: 1, ...(fields && { fields }) }).toArray()
      return row
    },

    findAny<Field extends keyof Row>(wheres: readonly Where<Row>[], fields: readonly Field[]) {
      const options = { ...commandLimits(timeMs), projection: projectionOf(fields) }
      return collection()
        .find<Pick<Row, Field>>(anyOf(wheres), options)
        .map(completing(table, fields))
        .toArray()
    },

    async usesIndexes(wheres) {
      const plan: Document = await collection()
        .find(anyOf(wheres), commandLimits(timeMs))
        .explain('queryPlanner')
      return !JSON.stringify(plan.queryPlanner.winningPlan).includes('COLLSCAN')
    },

    aggregate<Result extends Document>(where: Where<Row>, stages: readonly Document[]) {
      return collection()
        .aggregate<Result>([{ $match: filterOf(where) }, ...stages], commandLimits(timeMs))
        .toArray()
    },

    aggregateAny<Result extends Document>(wheres: readonly Where<Row>[], stages: readonly Document[]) {
      return collection()
        .aggregate<Result>([{ $match: anyOf(wheres) }, ...stages], commandLimits(timeMs))
        .toArray()
    },

    async insert(rows) {
      // Every row has its `_id`.
      const documents = rows as readonly OptionalUnlessRequiredId<Row>[]
      try {
        const options = { ...commandLimits(timeMs), ordered: true }
        const { insertedCount } = await collection().insertMany(documents, options)
        if (insertedCount < rows.length) throw new StoreUnavailableError(countedFewer)
        return rows.length
      } catch (error) {
        if (isDuplicate(error)) return error.insertedCount
        throw error
      }
    },

    async putNewer(rows, field) {
      // Most are new.
      for (let left = await insertFree(rows), tries = 0; left.length > 0 && tries < mostPuts; tries++)
        left = await replaceOlder(left, field)
    },

    async changeAndRead(where, update) {
      const options = { ...commandLimits(timeMs), returnDocument: 'after' } as const
      const row = await collection().findOneAndUpdate(filterOf(where), updateOf(update), options)
      // All fields of a row, since no projection was asked for.
      return row ? complete(row as Row) : undefined
    },

    async change(where, update) {
      const { matchedCount } = await collection().updateOne(
        filterOf(where),
        updateOf(update),
        commandLimits(timeMs),
      )
      return matchedCount > 0
    },

    async changeEach(changes) {
      const all = changes.map(({ where, update }) => ({
        updateOne: { filter: filterOf(where), update: updateOf(update) },
      }))
      if (all.length === 0) return 0
      const options = { ...commandLimits(timeMs), ordered: false }
      return (await collection().bulkWrite(all, options)).matchedCount
    },

    async changeAll(where, update) {
      await collection().updateMany(filterOf(where), updateOf(update), commandLimits(timeMs))
    },

    async remove(where) {
      return (await collection().deleteMany(filterOf(where), commandLimits(timeMs))).deletedCount
    },
  }
}

/** How many rows `changeSome` changes. */
const rowsAtOnce = 500

/** Changes some of the rows; answers how many. Once it answers 0, none is left. @param update takes a row out of `where` */
export async function changeSome<Row extends TenantRow>(
  rows: Rows<Row>,
  where: Where<Row>,
  update: Update<Row>,
): Promise<number> {
  const found = await rows.find(where, { fields: ['_id'], limit: rowsAtOnce })
  if (found.length === 0) return 0
  const ids = found.map(({ _id }) => _id)
  // Fields that every kind of row has.
  const these = { workspace_id: where.workspace_id, _id: oneOf(ids) } as Where<Row>
  await rows.changeAll(these, update)
  return found.length
}

function orderOf(sort: Readonly<Record<string, 1 | -1 | undefined>>): [string, 1 | -1][] {
  return Object.entries(sort).flatMap(([field, direction]) => (direction ? [[field, direction]] : []))
}

/** MongoDB leaves `_id` out only where it is told to. */
function projectionOf(fields: readonly PropertyKey[]): Document {
  const wanted = Object.fromEntries(fields.map((field) => [field, 1]))
  return { _id: 0, ...wanted }
}
