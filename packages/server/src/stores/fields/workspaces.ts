import type { Workspace } from '../domains/workspaces.ts'
import { added, boolean, type Fields, inStore, integer, json, orNull, text } from './field.ts'

export const workspaceFields: Fields<Workspace> = {
  _id: inStore(text),
  key_hashes: inStore(json),
  page_key_hashes: inStore(added(json, [])),
  v2: inStore(added(boolean, false)),
  guests: inStore(boolean),
  retention_days: inStore(orNull(integer)),
  customers_meet: inStore(added(text, 'acquaintances')),
  customers_ring_agents: inStore(added(boolean, false)),
  reopen_days: inStore(added(integer, 7)),
  presence: inStore(added(boolean, true)),
  receipts: inStore(added(boolean, true)),
  search: inStore(added(boolean, false)),
}
