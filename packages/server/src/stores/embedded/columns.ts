import { type AnyField, type AnyFields, completing, type Fields, namesOf } from '../fields/field.ts'
import type { Value } from './sqlite.ts'

/** What a statement answers, by its columns' names. */
export type Stored = Readonly<Record<string, Value>>

interface Column {
  readonly name: string
  /** How the tables of `migrations.ts` must declare it. */
  readonly field: AnyField
  write(row: Readonly<Record<string, unknown>>): Value
  /** Adds what the column has to a row. */
  read(value: Value, row: Record<string, unknown>): void
}

/** The columns of a table that have a row's fields. */
export interface Columns<Row> {
  readonly all: readonly Column[]
  /** Their names, for SELECT and INSERT. */
  readonly list: string
  /** The same, each with its table. */
  readonly qualified: string
  /** As many question marks. */
  readonly marks: string
  /** The values of a row, in the order of `list`. */
  valuesOf(row: Row): Value[]
  toRow(stored: Stored): Row
}

/** The columns of fields, named as the fields are but for `_id`, whose column is `id`. */
export function fieldColumns(fields: AnyFields, names: readonly string[] = namesOf(fields)): Column[] {
  return Object.entries(fields)
    .filter(([name]) => names.includes(name))
    .map(([name, field]) => fieldColumn(name, field))
}

function fieldColumn(name: string, field: AnyField): Column {
  const { write, read } = codecs[field.kind]
  return {
    name: name === '_id' ? 'id' : name,
    field,
    write(row) {
      const value = row[name]
      return value === null ? null : write(value)
    },
    read(value, row) {
      row[name] = value === null ? null : read(value)
    },
  }
}

interface Codec {
  write(value: unknown): Value
  read(value: Value): unknown
}

// Texts and numbers, which SQLite takes as they are.
const plain: Codec = { write: (value) => value as Value, read: (value) => value }

/** How a column keeps the values of each kind; null is null in all of them. */
const codecs: { readonly [K in AnyField['kind']]: Codec } = {
  text: plain,
  integer: plain,
  real: plain,
  boolean: { write: Number, read: (value) => value === 1 },
  json: { write: JSON.stringify, read: (value) => JSON.parse(String(value)) },
}

/** A column that has several fields as one JSON text. */
export function jsonColumn(name: string, fields: AnyFields, names: readonly string[]): Column {
  const complete = completing(fields, names)
  return {
    name,
    field: { kind: 'json', isNullable: false, part: 'store' },
    write: (row) => JSON.stringify(Object.fromEntries(names.map((field) => [field, row[field]]))),
    read(value, row) {
      Object.assign(row, complete(JSON.parse(String(value)) as object))
    },
  }
}

/** @param all columns that together have every field of a row */
export function columnsOf<Row extends object>(
  table: string,
  fields: Fields<Row>,
  all: readonly Column[] = fieldColumns(fields),
): Columns<Row> {
  const names = all.map(({ name }) => name)
  return {
    all,
    list: names.join(', '),
    qualified: names.map((name) => `${table}.${name}`).join(', '),
    marks: names.map(() => '?').join(', '),

    valuesOf(row) {
      const values = row as Readonly<Record<string, unknown>>
      return all.map((column) => column.write(values))
    },

    toRow(stored) {
      const row: Record<string, unknown> = {}
      for (const column of all) column.read(stored[column.name] ?? null, row)
      // The columns have the fields of the row's type.
      return row as Row
    },
  }
}
