import * as z from 'zod/mini'
import { Counts, Id, Metadata, Text, TextOrNone } from '../src/fields.ts'
import { limits } from '../src/index.ts'
import { ReactionName } from '../src/message-changes.ts'

/** What our own checks mean in JSON Schema. Here, because zod's registry would be in every client's bundle. */
const anyKeys = { type: 'object', propertyNames: { type: 'string' } } as const
z.globalRegistry.add(Id, { minLength: 1, maxLength: limits.id_length })
z.globalRegistry.add(ReactionName, { minLength: 1, maxLength: limits.id_length })
z.globalRegistry.add(Text, { minLength: 1, maxLength: limits.text_length })
z.globalRegistry.add(TextOrNone, { maxLength: limits.text_length })
z.globalRegistry.add(Metadata, { ...anyKeys, additionalProperties: {} })
const count = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const
z.globalRegistry.add(Counts, { ...anyKeys, additionalProperties: count })

/** What a schema takes, as JSON Schema. */
export function jsonSchema(schema: z.core.$ZodType): object {
  return z.toJSONSchema(schema, { io: 'input' })
}
