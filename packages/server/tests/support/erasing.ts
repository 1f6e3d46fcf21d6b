import type { KeyScope, PersonalRow } from '@dowellchat/protocol'
import { hashKey, newSecret } from '../../src/identity/secrets.ts'
import type { Store } from '../../src/stores/store.ts'
import type { TestSocket } from '../../src/testing/connect.ts'
import { newKey } from '../../src/testing/store-cases/making.ts'

/** The `auth` of an operator whose server key has these scopes in `demo`. */
export async function operatorAuth(store: Store, keyPepper: string, scopes: KeyScope[]) {
  const { secret, prefix } = newSecret()
  const key = newKey({ workspace_id: 'demo', prefix, scopes, hash: hashKey(secret, keyPepper) })
  await store.keys.create(key)
  return { api_key: secret, role: 'admin' } as const
}

/** All pages of `export_user`, none of which may be larger than it promises. */
export async function exportAll(operator: TestSocket, user_id: string): Promise<PersonalRow[]> {
  const all: PersonalRow[] = []
  for (let after: string | null | undefined; after !== null; ) {
    const { rows, next } = await operator.request('export_user', { user_id, ...(after && { after }) })
    const bytes = Buffer.byteLength(JSON.stringify(rows))
    if (bytes > 262_144) throw new Error(`A page of an export has ${bytes} bytes`)
    all.push(...rows)
    after = next
  }
  return all
}

/** All steps of `erase_user`; answers how many rows they erased. */
export async function eraseAll(operator: TestSocket, user_id: string): Promise<number> {
  let erased = 0
  for (let after: string | null | undefined; after !== null; ) {
    const { rows, next } = await operator.request('erase_user', { user_id, ...(after && { after }) })
    erased += rows
    after = next
  }
  return erased
}
