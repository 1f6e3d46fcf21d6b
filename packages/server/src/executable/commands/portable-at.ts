import { embeddedPortable } from '../../stores/embedded/portable/index.ts'
import type { Portable } from '../../stores/portable.ts'

export function isMongo(store: string): boolean {
  return /^mongodb(\+srv)?:/.test(store)
}

/** The rows of a data folder or of the database that a `mongodb://` URL names. @throws StoreOpenError */
export async function openPortable(store: string, { mustExist }: { mustExist: boolean }): Promise<Portable> {
  if (!isMongo(store)) return embeddedPortable(store, { mustExist })
  // Who has no MongoDB need not have its driver.
  const { mongoPortable } = await import('../../stores/mongo/portable/index.ts')
  return mongoPortable({ url: store })
}
