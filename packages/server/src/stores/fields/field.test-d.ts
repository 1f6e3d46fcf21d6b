import { assertType, expectTypeOf, it } from 'vitest'
import {
  boolean,
  type EntityFields,
  type Field,
  inStore,
  integer,
  json,
  orNull,
  real,
  text,
} from './field.ts'

interface Entity {
  readonly name: string
  readonly note?: string | null
}
interface Row extends Entity {
  readonly count: number
}

it('demands every field of a row, optional ones too, and takes no other', () => {
  const whole = { name: text, note: orNull(text), count: inStore(integer) }
  assertType<EntityFields<Row, Entity>>(whole)
  const { note: _, ...lacking } = whole
  // @ts-expect-error `note` is missing
  assertType<EntityFields<Row, Entity>>(lacking)
  // @ts-expect-error `more` is no field of the row
  assertType<EntityFields<Row, Entity>>({ ...whole, more: text } satisfies EntityFields<Row, Entity>)
})

it('demands the kind, the null and the part of each', () => {
  expectTypeOf(inStore(orNull(text))).toExtend<Field<string | null>>()
  expectTypeOf(real).toExtend<Field<number>>()
  expectTypeOf(json).toExtend<Field<readonly string[]>>()
  expectTypeOf(text).not.toExtend<Field<string | null>>()
  expectTypeOf(orNull(text)).not.toExtend<Field<string>>()
  expectTypeOf(boolean).not.toExtend<Field<string>>()
  // @ts-expect-error clients see a `name`
  assertType<EntityFields<Row, Entity>>({ name: inStore(text), note: orNull(text), count: inStore(integer) })
  // @ts-expect-error no client sees a `count`
  assertType<EntityFields<Row, Entity>>({ name: text, note: orNull(text), count: integer })
})
