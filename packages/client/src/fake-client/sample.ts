import type { Schema } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { uuid } from '../uuid.ts'

/** The time of samples: the same in every run. */
export const sampleTime = '2026-01-01T09:00:00.000Z'

/** The least that a schema of the contract takes: empty lists, null where it may be, no optional fields. */
export function sample(schema: Schema, name = ''): unknown {
  // Every schema of the contract is one of zod's own.
  const { def } = (schema as z.core.$ZodTypes)._zod
  switch (def.type) {
    case 'object':
      return sampleOfFields(def.shape)
    case 'array':
      return []
    case 'nullable':
      return null
    case 'enum':
      return Object.values(def.entries)[0]
    case 'literal':
      return def.values[0]
    case 'boolean':
      return false
    case 'union':
      return def.options[0] && sample(def.options[0], name)
    case 'string':
      return name === '_id'
        ? uuid()
        : fitting(schema, [name, uuid(), sampleTime, 'room:lobby', 'https://example.org'])
    case 'number':
      return fitting(schema, [0, 1])
    default:
      return fitting(schema, [undefined, {}, name])
  }
}

function sampleOfFields(shape: Readonly<Record<string, Schema>>): object {
  const needed = Object.entries(shape).filter(([, field]) => field._zod.optin !== 'optional')
  return Object.fromEntries(needed.map(([name, field]) => [name, sample(field, name)]))
}

function fitting(schema: Schema, candidates: readonly unknown[]): unknown {
  return candidates.find((one) => z.safeParse(schema, one).success)
}

/**
 * A sample with some fields of one's own.
 * @throws TypeError if it is not what the contract takes
 */
export function sampleWith<T>(schema: z.core.$ZodType<T>, fields: object, changes: object): T {
  const made = { ...(sample(schema) as object), ...fields, ...changes }
  const parsed = z.safeParse(schema, made)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw new TypeError(`fixture: ${issue?.path.join('.')} is not what the contract takes (${issue?.code})`)
}
