/** All that a filter compares with: nothing that MongoDB could take for an operator. */
export type Scalar = string | number | boolean | null

type Operator = '$gt' | '$gte' | '$lt' | '$lte' | '$in'

/** A condition that is no equality. Made by the functions of this file alone: no client's object is one. */
class Condition<V extends Scalar> {
  readonly #operators: { readonly [O in Operator]?: V | readonly (V | null)[] }

  constructor(operators: { readonly [O in Operator]?: V | readonly (V | null)[] }) {
    this.#operators = operators
  }

  toFilter(): Record<string, Scalar | readonly Scalar[]> {
    const { $in = [], ...bounds } = this.#operators
    for (const operand of [...Object.values(bounds), ...[$in].flat()]) requireScalar(operand)
    return { ...this.#operators }
  }
}

export type { Condition }

/** From a value to another, both included. */
export function within<V extends number>(low: V, high: V): Condition<V> {
  return new Condition({ $gte: low, $lte: high })
}

/** After a value and before another. */
export function between<V extends number | string>(low: V, high: V): Condition<V> {
  return new Condition({ $gt: low, $lt: high })
}

/** After a value, up to another. */
export function afterUpTo<V extends number | string>(low: V, high: V): Condition<V> {
  return new Condition({ $gt: low, $lte: high })
}

export function above<V extends number | string>(value: V): Condition<V> {
  return new Condition({ $gt: value })
}

export function below<V extends number | string>(value: V): Condition<V> {
  return new Condition({ $lt: value })
}

export function upTo<V extends number | string>(value: V): Condition<V> {
  return new Condition({ $lte: value })
}

export function oneOf<V extends number | string>(values: readonly V[]): Condition<V> {
  return new Condition({ $in: values })
}

/** That value, or none. */
export function nullOr<V extends number | string>(value: V): Condition<V> {
  return new Condition({ $in: [null, value] })
}

/** Of rows that lack the field, which a later version has added. */
export function absent<V extends Scalar>(): Condition<V> {
  return new Condition<V>({ $in: [null] })
}

/** What a field can be compared with; one that has several values is looked for by one of them. */
type Wanted<Field> = [Field] extends [Scalar]
  ? Field | Condition<NonNullable<Field>>
  : Field extends readonly (infer Element)[]
    ? Wanted<Element>
    : never

/** Which rows of a workspace. There is no way to ask without one. */
export type Where<Row> = { readonly workspace_id: string } & {
  readonly [Field in Exclude<keyof Row, 'workspace_id'>]?: Wanted<Row[Field]>
}

/**
 * The filter that MongoDB gets. The types allow no object here; this refuses one nevertheless, should a value lie about
 * its type. After that a literal is an equality and cannot be anything else.
 *
 * `_id` comes first: to MongoDB that is the same, and what stands in for it looks at the first field only, and reads the whole
 * collection where no index begins with that one alone.
 */
export function toFilter(where: object): Record<string, unknown> {
  const byId = '_id' in where ? Object.assign({ _id: where._id }, where) : where
  const conditions = Object.entries(byId).map(([field, wanted]) => [
    field,
    wanted instanceof Condition ? wanted.toFilter() : requireScalar(wanted),
  ])
  return Object.fromEntries(conditions)
}

/** The filter for a text in any of some fields, whatever the case. No character of it has another meaning. */
export function containing(fields: readonly string[], text: string): Record<string, unknown> {
  const $regex = text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
  return { $or: fields.map((field) => ({ [field]: { $regex, $options: 'i' } })) }
}

/** That value; rows in which the field is missing have it too where it is what they read as. */
export function asRead<V extends Scalar>(value: V, missing: V): V | Condition<NonNullable<V>> {
  return value === missing ? new Condition<NonNullable<V>>({ $in: [null, value as NonNullable<V>] }) : value
}

function requireScalar(value: unknown): Scalar {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return value
  throw new TypeError(`A filter compares with texts, numbers and booleans, not with ${typeof value}`)
}
