import { Entry, ListedRoom, roomStream, type Schema } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import type { MetadataOf } from '../register.ts'

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
  const open = withEarlier(schema, schema === Entry ? z.union([opened(schema), laterEntry]) : opened(schema))
  known.set(schema, open)
  return open
}

/** Servers of 0.5 list rooms without what is read of them. */
function withEarlier(schema: Schema, open: Schema): Schema {
  return schema === ListedRoom ? z.pipe(z.transform(withoutActivity), open as z.ZodMiniType) : open
}

function withoutActivity(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || 'reader' in value) return value
  const { _id, created_at } = value as Readonly<Record<string, unknown>>
  const kept = { is_muted: false, is_pinned: false, is_archived: false, version: 0 }
  const reader = { stream: roomStream(String(_id)), nth: 0, unread: 0, mentions: 0, ...kept }
  const active_at = created_at ?? new Date(0).toISOString()
  return { head: { seq: 0, nth: 0, id: null }, active_at, reader, ...value }
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
type Fields<T> = T extends object ? { [K in keyof T]: ReceivedField<T, K> } : T
type ReceivedField<T, K extends keyof T> = K extends 'entries'
  ? ReceivedEntries<T[K]>
  : K extends 'metadata'
    ? MetadataOf<T> | Extract<T[K], undefined>
    : Received<T[K]>
type ReceivedEntries<T> = T extends readonly (infer E)[] ? (Received<E> | LaterEntry)[] : Received<T>
