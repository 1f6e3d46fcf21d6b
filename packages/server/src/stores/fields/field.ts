type Kind<V> = V extends boolean
  ? 'boolean'
  : V extends string
    ? 'text'
    : V extends number
      ? 'integer' | 'real'
      : 'json'

/** How one field of a stored row is kept; both stores follow it. */
export interface Field<V> {
  readonly kind: Kind<NonNullable<V>>
  readonly isNullable: null extends V ? true : false
  /** Fields of the entity leave the server; those of the store stay in it. */
  readonly part: 'entity' | 'store'
  /**
   * What a row from before the field reads as. Filters of MongoDB still see that the field is missing: a migration has
   * to fill in a field that queries look for.
   */
  readonly missing?: V
}

/** A field whose type is not known. */
export interface AnyField {
  readonly kind: 'text' | 'integer' | 'real' | 'boolean' | 'json'
  readonly isNullable: boolean
  readonly part: 'entity' | 'store'
  readonly missing?: unknown
}

/** The field table of a kind of row: every field of the row, and no other. */
export type Fields<Row> = { readonly [K in keyof Required<Row>]: Field<Row[K]> }

/** The field table of a row from which an entity follows. */
export type EntityFields<Row, Entity> = {
  readonly [K in keyof Required<Row>]: Field<Row[K]> & {
    readonly part: K extends keyof Entity ? 'entity' : 'store'
  }
}

const always = { isNullable: false, part: 'entity' } as const

export const text = { ...always, kind: 'text' } as const
export const integer = { ...always, kind: 'integer' } as const
export const real = { ...always, kind: 'real' } as const
export const boolean = { ...always, kind: 'boolean' } as const
export const json = { ...always, kind: 'json' } as const

/** A field with some of its properties replaced; a spread alone would keep the types of both. */
type Changed<F, Change> = Omit<F, keyof Change> & Change

/** A field that may be null, as it is in rows from before it. */
export function orNull<F extends AnyField>(field: F): Changed<F, { isNullable: true; missing: null }> {
  return { ...field, isNullable: true, missing: null }
}

/** A field that came after version 0.1.0; older rows read as this. */
export function added<F extends AnyField, const V>(field: F, missing: V): Changed<F, { missing: V }> {
  return { ...field, missing }
}

/** A field that no client sees. */
export function inStore<F extends AnyField>(field: F): Changed<F, { part: 'store' }> {
  return { ...field, part: 'store' }
}

/** The fields that a client's `cid` brings to a row. */
export const clientMadeFields = { cid: inStore(text), fingerprint: inStore(text) }

export type AnyFields = Readonly<Record<string, AnyField>>

/** The names of a table's fields, or of those of one part. */
export function namesOf(fields: AnyFields, part?: AnyField['part']): string[] {
  const all = Object.entries(fields)
  return all.filter(([, field]) => part === undefined || field.part === part).map(([name]) => name)
}

/** The table of those fields that leave the server. */
export function shownFields<Row, Entity>(
  fields: EntityFields<Row, Entity>,
): Fields<Pick<Row, keyof Row & keyof Entity>> {
  const shown = Object.entries<AnyField>(fields).filter(([, { part }]) => part === 'entity')
  // The parts are those of the entity's type.
  return Object.fromEntries(shown) as unknown as Fields<Pick<Row, keyof Row & keyof Entity>>
}

/** Copies a row without what its table does not name; what is missing gets its default. */
export function rowOf<Row extends object>(fields: Fields<Row>): (stored: Row) => Row {
  return copy<Row>(fields, namesOf(fields))
}

/** Copies the part of a row that leaves the server. */
export function entityOf<Row extends object, Entity>(
  fields: EntityFields<Row, Entity>,
): (row: Row) => Pick<Row, keyof Row & keyof Entity> {
  return copy<Pick<Row, keyof Row & keyof Entity>>(fields, namesOf(fields, 'entity'))
}

function copy<Copied extends object>(fields: AnyFields, names: readonly string[]): (row: object) => Copied {
  return (row) => {
    const values = row as Readonly<Record<string, unknown>>
    const copied: Record<string, unknown> = {}
    for (const name of names) {
      const value = values[name]
      copied[name] = value === undefined ? fields[name]?.missing : value
    }
    // The names are those of the row's or entity's type.
    return copied as Copied
  }
}

/** Fills in what rows from before a field lack. @param names the fields that were read; default all */
export function completing(fields: AnyFields, names: readonly PropertyKey[] = namesOf(fields)) {
  const optional = Object.entries(fields).filter(
    ([name, field]) => field.missing !== undefined && names.includes(name),
  )
  return <Row extends object>(row: Row): Row => {
    const values = row as Record<string, unknown>
    for (const [name, { missing }] of optional) if (values[name] === undefined) values[name] = missing
    return row
  }
}
