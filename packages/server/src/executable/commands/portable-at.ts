import { embeddedPortable } from '../../stores/embedded/portable/index.ts'
import type { Portable } from '../../stores/portable.ts'

export function isMongo(store: string): boolean {
  return /^mongodb(\+srv)?:/.test(store)
}

/** Opens a data folder, or the database at a `mongodb://` URL, for reading and writing rows. @throws StoreOpenError */
export async function openPortable(store: string, { mustExist }: { mustExist: boolean }): Promise<Portable> {
  if (!isMongo(store)) return embeddedPortable(store, { mustExist })
  // Loaded on demand: data folders do not need the MongoDB driver.
  const { mongoPortable } = await import('../../stores/mongo/portable/index.ts')
  return mongoPortable({ url: store })
}
