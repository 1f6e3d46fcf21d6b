import { isoNow } from '../../time.ts'
import type { Alias } from '../domains/aliases.ts'
import { newId } from '../ids.ts'
import { type Fields, text } from './field.ts'

export const aliasFields: Fields<Alias> = { _id: text, guest_id: text, user_id: text, created_at: text }

export function newAlias(guest_id: string, user_id: string): Alias {
  return { _id: newId(), guest_id, user_id, created_at: isoNow() }
}
