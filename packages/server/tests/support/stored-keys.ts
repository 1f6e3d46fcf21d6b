import { hashKey, newSecret } from '../../src/identity/secrets.ts'
import type { NewKey, Store } from '../../src/stores/store.ts'
import { newKey, rowOf } from '../../src/testing/store-cases/making.ts'

/** The pepper of every test that puts keys into the store itself. */
export const keyPepper = 'the pepper of the tests'

/** A key of the workspace `demo` in the store, as an operator's command creates the first one. */
export async function storedKey(
  store: Store,
  change: Partial<NewKey> = {},
): Promise<{ secret: string; keyId: string }> {
  const { secret, prefix } = newSecret()
  const hash = hashKey(secret, keyPepper)
  const creation = await store.keys.create(newKey({ workspace_id: 'demo', prefix, hash, ...change }))
  return { secret, keyId: rowOf(creation)._id }
}
