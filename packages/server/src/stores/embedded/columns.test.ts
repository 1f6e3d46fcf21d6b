import { expect, it } from 'vitest'
import { boolean, type Fields, inStore, integer, json, orNull, real, text } from '../fields/field.ts'
import { columnsOf } from './columns.ts'

interface Row {
  readonly text: string | null
  readonly integer: number | null
  readonly real: number | null
  readonly boolean: boolean | null
  readonly json: readonly string[] | null
}

const fields: Fields<Row> = {
  text: inStore(orNull(text)),
  integer: inStore(orNull(integer)),
  real: inStore(orNull(real)),
  boolean: inStore(orNull(boolean)),
  json: inStore(orNull(json)),
}

const nothing: Row = { text: null, integer: null, real: null, boolean: null, json: null }

it.each<Row>([
  nothing,
  { text: '', integer: 0, real: 0.5, boolean: false, json: [] },
  { text: 'null', integer: 1, real: -1, boolean: true, json: ['a'] },
])('a row is read as it was written, null too: %o', (row) => {
  const { all, valuesOf, toRow } = columnsOf('rows', fields)
  const values = valuesOf(row)
  expect(toRow(Object.fromEntries(all.map(({ name }, at) => [name, values[at] ?? null])))).toEqual(row)
})

it('null is NULL in every column, which conditions and indexes look for', () => {
  expect(columnsOf('rows', fields).valuesOf(nothing)).toEqual([null, null, null, null, null])
})
