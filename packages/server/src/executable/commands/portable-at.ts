import { embeddedPortable } from '../../stores/embedded/portable/index.ts'
import type { Portable } from '../../stores/portable.ts'
import { withMongoDriver } from '../mongo-driver.ts'
import { dataDirOf } from './data-dir.ts'

export function isMongo(store: string): boolean {
  return /^mongodb(\+srv)?:/.test(store)
}

interface Opening {
  /** Whether a missing store is refused, instead of made. */
  readonly mustExist: boolean
}

/** Opens a data folder, or the database at a `mongodb://` URL, for reading and writing rows. @throws StoreOpenError */
export async function openPortable(store: string, { mustExist }: Opening): Promise<Portable> {
  return isMongo(store) ? openDatabase(store, mustExist) : openFolder(store, mustExist)
}

/** Opens what a server in this environment uses. @throws StoreOpenError */
export async function openServersPortable(environment: NodeJS.ProcessEnv): Promise<Portable> {
  const { MONGODB_URI } = environment
  return MONGODB_URI ? openDatabase(MONGODB_URI, true) : openFolder(dataDirOf(environment), true)
}

function openFolder(path: string, mustExist: boolean): Promise<Portable> {
  return embeddedPortable(path, { mustExist, asItIs: true })
}

async function openDatabase(url: string, mustExist: boolean): Promise<Portable> {
  const { mongoPortable } = await withMongoDriver(() => import('../../stores/mongo/portable/index.ts'))
  return mongoPortable({ url, mustExist, asItIs: true })
}
