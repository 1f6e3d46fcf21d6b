import { Entry, type Schema } from '@dowellchat/protocol'
import * as z from 'zod/mini'

/** An entry of a type that this client does not know. It has its place in the stream, and shows nothing. */
export interface LaterEntry {
  _id: string
  seq: number
  type: string
}
const laterEntry = z.object({ _id: z.string(), seq: z.int(), type: z.string() })

const known = new WeakMap<Schema, Schema>()

/**
 * What a client takes where the contract has this schema, so that a server of another version breaks nothing: enum members
 * and entries that a later one has added, and null for nullable fields that an earlier one lacks.
 */
export function receiving(schema: Schema): Schema {
  const found = known.get(schema)
  if (found) return found
  const open = schema === Entry ? z.union([opened(schema), laterEntry]) : opened(schema)
  known.set(schema, open)
  return open
}

function opened(schema: Schema): Schema {
  // Every schema of the contract is one of zod's own.
  const { def } = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'enum':
      return z.string()
    case 'array':
      return z.clone(schema, { ...def, element: receiving(def.element) } as typeof def)
    case 'union':
      return z.clone(schema, { ...def, options: def.options.map(receiving) } as typeof def)
    case 'optional':
    case 'nullable':
      return z.clone(schema, { ...def, innerType: receiving(def.innerType) } as typeof def)
    case 'object':
      return z.object(Object.fromEntries(Object.entries(def.shape).map(field)))
    default:
      return schema
  }
}

function field([name, schema]: [string, Schema]): [string, Schema] {
  const open = receiving(schema)
  return [name, open._zod.def.type === 'nullable' ? z._default(open, null) : open]
}

/** A union of texts can get members from a later server; one text alone marks a type, and stays as it is. */
type Opened<T extends string> = string extends T ? T : true extends IsUnion<T> ? T | (string & {}) : T
type IsUnion<T, All = T> = T extends unknown ? ([All] extends [T] ? false : true) : never

/** What `receiving` gives where the contract has `T`. */
export type Received<T> = unknown extends T ? T : Opened<Extract<T, string>> | Fields<Exclude<T, string>>
type Fields<T> = T extends object
  ? { [K in keyof T]: K extends 'entries' ? ReceivedEntries<T[K]> : Received<T[K]> }
  : T
type ReceivedEntries<T> = T extends readonly (infer E)[] ? (Received<E> | LaterEntry)[] : Received<T>
