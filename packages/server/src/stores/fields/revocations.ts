import type { Revocation } from '../domains/revocations.ts'
import { type Fields, inStore, text } from './field.ts'

export const revocationFields: Fields<Revocation> = {
  user_id: inStore(text),
  revoked_before: inStore(text),
}
