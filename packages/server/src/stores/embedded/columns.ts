import { type AnyField, type AnyFields, completing, type Fields, namesOf } from '../fields/field.ts'
import { DamagedRowError } from './damage.ts'
import type { Value } from './sqlite.ts'

/** What a statement answers, by its columns' names. */
export type Stored = Readonly<Record<string, Value>>

interface Column {
  readonly name: string
  /** How the tables of `migrations.ts` must declare it. */
  readonly field: AnyField
  /** The name in what is selected. */
  readonly alias: string
  write(row: Readonly<Record<string, unknown>>): Value
  /** Makes the row's fields of the value under the alias; absent where that is the field. */
  convert?(stored: Stored, row: Record<string, unknown>): void
}

/** The columns of a table that have a row's fields. */
export interface Columns<Row> {
  readonly all: readonly Column[]
  /** What a SELECT names, for `toRow`. */
  readonly selected: string
  /** What an INSERT names, for `valuesOf`, and as many question marks. */
  readonly inserted: string
  readonly marks: string
  valuesOf(row: Row): Value[]
  /** @throws DamagedRowError or SyntaxError where a column is not what was written */
  toRow(stored: Stored): Row
}

/** The columns of fields, named as the fields are but for `_id`, whose column is `id`. */
export function fieldColumns(fields: AnyFields, names: readonly string[] = namesOf(fields)): Column[] {
  return Object.entries(fields)
    .filter(([name]) => names.includes(name))
    .map(([name, field]) => ({
      name: name === '_id' ? 'id' : name,
      field,
      alias: name,
      ...codec(name, field),
    }))
}

function codec(name: string, { kind }: AnyField): Pick<Column, 'write' | 'convert'> {
  const coded = codecs[kind]
  // Texts, numbers and null, which SQLite takes and gives as they are.
  if (!coded) return { write: (row) => row[name] as Value }
  return {
    write: (row) => (row[name] === null ? null : coded.write(row[name])),
    convert(stored, row) {
      const value = stored[name] ?? null
      row[name] = value === null ? null : coded.read(value)
    },
  }
}

interface Codec {
  write(value: unknown): Value
  read(value: Value): unknown
}

/** The kinds that SQLite does not have. Null is null in all of them. */
const codecs: { readonly [K in AnyField['kind']]?: Codec } = {
  boolean: { write: Number, read: (value) => value === 1 },
  json: { write: JSON.stringify, read: (value) => JSON.parse(String(value)) },
}

/** What SQLite gives for the kinds. */
const storedTypes: { readonly [K in AnyField['kind']]: 'string' | 'number' } = {
  text: 'string',
  json: 'string',
  integer: 'number',
  real: 'number',
  boolean: 'number',
}

/** A column that has several fields as one JSON text. */
export function jsonColumn(name: string, fields: AnyFields, names: readonly string[]): Column {
  const complete = completing(fields, names)
  return {
    name,
    field: { kind: 'json', isNullable: false, part: 'store' },
    alias: name,
    write: (row) => JSON.stringify(Object.fromEntries(names.map((field) => [field, row[field]]))),
    convert(stored, row) {
      Object.assign(row, complete(JSON.parse(String(stored[name])) as object))
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
  const plain = all.flatMap(({ convert, alias }) => (convert ? [] : alias))
  const converted = all.flatMap(({ convert }) => convert ?? [])
  const checks = all.map(({ alias, field }) => ({ alias, field, type: storedTypes[field.kind] }))

  /** Whether each column has what its field may have: SQLite keeps any kind of value in any column. */
  function expectWhole(stored: Stored): void {
    for (const { alias, field, type } of checks) {
      const value = stored[alias] ?? null
      if (value === null ? !field.isNullable : typeof value !== type)
        throw new DamagedRowError(`its column ${alias} is damaged`)
    }
  }
  return {
    all,
    selected: all.map(({ name, alias }) => `${table}.${name} AS ${alias}`).join(', '),
    inserted: names.join(', '),
    marks: names.map(() => '?').join(', '),

    valuesOf(row) {
      const values = row as Readonly<Record<string, unknown>>
      return all.map((column) => column.write(values))
    },

    toRow(stored) {
      expectWhole(stored)
      // Field by field: a spread of what SQLite gives takes twice as long.
      const row: Record<string, unknown> = {}
      for (const name of plain) row[name] = stored[name]
      for (const convert of converted) convert(stored, row)
      // The columns have the fields of the row's type.
      return row as Row
    },
  }
}
