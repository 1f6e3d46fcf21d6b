import type { AuditEntry } from '@dowellchat/protocol'
import { type EntityFields, integer, orNull, text } from './field.ts'

/** Clients see all of a row. */
export const auditFields: EntityFields<AuditEntry, AuditEntry> = {
  _id: text,
  at: text,
  act: text,
  by: orNull(text),
  key_id: orNull(text),
  address: orNull(text),
  object: orNull(text),
  user_id: orNull(text),
  result: text,
  count: integer,
}
