import { type Fields, rowOf } from '../../fields/field.ts'
import { StoreOpenError } from '../../store.ts'
import { type NumberedRow, numbersOf } from '../numbers.ts'
import type { Rows, TenantRow } from '../rows.ts'
import { above, type Where } from '../where.ts'

export const batchSize = 1_000

/** A collection of one workspace's rows in the database. */
export interface Table<Row> {
  /** @param atOnce how many rows come at a time */
  after(workspaceId: string, row: Row | null, atOnce?: number): AsyncIterable<Row[]>
  find(workspaceId: string, row: Row): Promise<Row | null>
  last(workspaceId: string): Promise<Row | null>
  count(workspaceId: string): Promise<number>
  insert(workspaceId: string, rows: readonly Row[]): Promise<void>
  /** Puts a row, or nothing, in the place of one that is there; answers false if that has changed meanwhile. */
  change(workspaceId: string, before: Row, after: Row | null): Promise<boolean>
}

/** A table whose rows have numbers, in the order in which they were made; those of removed ones are missing. */
export function numberedTable<Row extends { readonly _id: string }, Document extends Row & NumberedRow>(
  documents: Rows<Document>,
  fields: Fields<Row>,
  toDocument: (workspaceId: string, n: number, row: Row) => NumberedRow = numbered,
): Table<Row> {
  // What is asked for here are the fields that every numbered row has.
  const rows = documents as unknown as Rows<NumberedRow>
  const toRow = rowOf(fields) as unknown as (document: NumberedRow) => Row
  const numbers = numbersOf(rows)

  async function first(where: Parameters<typeof rows.get>[0]): Promise<Row | null> {
    const document = await rows.get(where)
    return document ? toRow(document) : null
  }

  return {
    async *after(workspace_id, row, atOnce = batchSize) {
      const known = row && (await rows.get({ workspace_id, _id: row._id }, ['n']))
      for (let n = known?.n ?? 0; ; ) {
        const some = await rows.find({ workspace_id, n: above(n) }, { sort: { n: 1 }, limit: atOnce })
        if (some.length > 0) yield some.map(toRow)
        if (some.length < atOnce) return
        n = some.at(-1)?.n ?? n
      }
    },

    find: (workspace_id, { _id }) => first({ workspace_id, _id }),

    async last(workspace_id) {
      const [document] = await rows.find({ workspace_id, n: above(0) }, { sort: { n: -1 }, limit: 1 })
      return document ? toRow(document) : null
    },

    count: (workspaceId) => countOf(rows, workspaceId),

    insert: (workspace_id, some) =>
      insertAll(rows, workspace_id, some, async (left) => {
        const last = await numbers.last(workspace_id)
        return left.map((row, index) => toDocument(workspace_id, last + index + 1, row))
      }),

    // The number stays, whatever it is.
    change: (workspace_id, before, after) =>
      changeOne(
        rows,
        { workspace_id, _id: before._id },
        toDocument(workspace_id, 0, before),
        after && toDocument(workspace_id, 0, after),
      ),
  }
}

/** A table whose rows are ordered by their ids. */
export function tableById<Row extends { readonly _id: string }, Document extends Row & TenantRow>(
  documents: Rows<Document>,
  fields: Fields<Row>,
  toDocument: (workspaceId: string, row: Row) => Document,
): Table<Row> {
  // What is asked for here are fields that every kind of row has.
  const rows = documents as unknown as Rows<TenantRow>
  const toRow = rowOf(fields) as unknown as (document: TenantRow) => Row

  return {
    async *after(workspace_id, row, atOnce = batchSize) {
      for (let id = row?._id ?? ''; ; ) {
        const some = await rows.find({ workspace_id, _id: above(id) }, { sort: { _id: 1 }, limit: atOnce })
        if (some.length > 0) yield some.map(toRow)
        if (some.length < atOnce) return
        id = some.at(-1)?._id ?? id
      }
    },

    async find(workspace_id, { _id }) {
      const document = await rows.get({ workspace_id, _id })
      return document ? toRow(document) : null
    },

    async last(workspace_id) {
      const [document] = await rows.find({ workspace_id }, { sort: { _id: -1 }, limit: 1 })
      return document ? toRow(document) : null
    },

    count: (workspaceId) => countOf(rows, workspaceId),

    insert: (workspace_id, some) =>
      insertAll(documents, workspace_id, some, (left) => left.map((row) => toDocument(workspace_id, row))),

    change: (workspace_id, before, after) =>
      changeOne(
        rows,
        { workspace_id, _id: before._id },
        toDocument(workspace_id, before),
        after && toDocument(workspace_id, after),
      ),
  }
}

/**
 * Sets the fields of a row that differ, where they are still as they were, or removes the row.
 * @param key names the row
 */
export async function changeOne<Row extends TenantRow>(
  rows: Rows<Row>,
  key: Where<TenantRow>,
  before: object,
  after: object | null,
): Promise<boolean> {
  // Fields that every kind of row has.
  if (!after) return (await rows.remove(key as Where<Row>)) > 0
  const left = new Map<string, unknown>(Object.entries(after))
  const changed = Object.entries(before).filter(([name, value]) => !isSame(left.get(name), value))
  const scalars = changed.filter(([, value]) => typeof value !== 'object' || value === null)
  const where = { ...key, ...Object.fromEntries(scalars) } as Where<Row>
  const $set = Object.fromEntries(changed.map(([name]) => [name, left.get(name)])) as Partial<Row>
  return changed.length === 0 || (await rows.change(where, { $set }))
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

function numbered<Row extends { readonly _id: string }>(
  workspace_id: string,
  n: number,
  row: Row,
): NumberedRow {
  return { ...row, workspace_id, n }
}

export async function countOf<Row extends TenantRow>(rows: Rows<Row>, workspaceId: string): Promise<number> {
  // A condition that every kind of row has.
  const where = { workspace_id: workspaceId } as Parameters<typeof rows.aggregate>[0]
  const [counted] = await rows.aggregate<{ rows: number }>(where, [{ $count: 'rows' }])
  return counted?.rows ?? 0
}

/** The document of a row that is kept as it is. */
export function withWorkspace<Row>(workspace_id: string, row: Row): Row & { readonly workspace_id: string } {
  return { ...row, workspace_id }
}

/**
 * Inserts behind what is there. Some may be there by now: what a process that was killed had sent, the database may still
 * have been writing. Other rows under their keys are refused.
 */
export async function insertAll<Document extends TenantRow, Row>(
  rows: Rows<Document>,
  workspaceId: string,
  some: readonly Row[],
  toDocuments: (left: readonly Row[]) => readonly Document[] | Promise<readonly Document[]>,
): Promise<void> {
  for (let left = some; left.length > 0; ) {
    const documents = await toDocuments(left)
    const inserted = await rows.insert(documents)
    const next = documents[inserted]
    if (!next) return
    const isThere = (await findById(rows, workspaceId, next._id)) !== undefined
    if (inserted === 0 && !isThere) throw taken(workspaceId, next._id)
    left = left.slice(isThere ? inserted + 1 : inserted)
  }
}

function findById<Row extends TenantRow>(rows: Rows<Row>, workspace_id: string, _id: string) {
  // Fields that every kind of row has.
  return rows.get({ workspace_id, _id } as Parameters<typeof rows.get>[0], ['_id'])
}

function taken(workspaceId: string, id: string): StoreOpenError {
  return new StoreOpenError(
    `MongoDB has another row under a key of ${id} of workspace ${workspaceId}: name a database without that workspace`,
  )
}
