import { StartError } from '../errors.ts'
import type { LimitOptions } from '../limits.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import type { Store } from '../stores/store.ts'
import { newPepper, pepperOf } from './pepper.ts'

/** Where the data is, and the secret that keys are hashed with. */
export interface StorePlace {
  readonly mongodbUri: string | undefined
  /** A folder, or `:memory:`; not used with MongoDB. */
  readonly dataDir: string
  readonly keyPepper: string | undefined
  readonly limits?: LimitOptions | undefined
}

/** A folder is open within a second, unless its disk is slow or much has to be read or updated first. */
const slowMs = 5_000

/** @param onSlow is called once where a folder takes long: nothing is given up, since a large one may take minutes */
export async function openStore(
  { mongodbUri, dataDir, limits }: StorePlace,
  onSlow?: () => void,
): Promise<Store> {
  const deadline = limits?.storeMs === undefined ? {} : { deadlineMs: limits.storeMs }
  if (mongodbUri === undefined) {
    const slow = onSlow && setTimeout(onSlow, slowMs)
    return embeddedStore({ path: dataDir, ...deadline }).finally(() => clearTimeout(slow))
  }
  const { mongoStore } = await importMongo()
  return mongoStore({ url: mongodbUri, ...deadline })
}

/** Loaded on demand, so that a server on a data folder needs no MongoDB driver. */
async function importMongo(): Promise<typeof import('../stores/mongo/index.ts')> {
  try {
    return await import('../stores/mongo/index.ts')
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new StartError(
      'MONGODB_URI is set, but the package mongodb is not installed: npm install mongodb@7, or remove MONGODB_URI',
      { cause },
    )
  }
}

/**
 * A demo on MongoDB may be told none: it gets a new one at every start, under which its guests and created keys of the last
 * start are unknown.
 */
export function keyPepperOf({ keyPepper, mongodbUri, dataDir }: StorePlace): string {
  return keyPepper ?? (mongodbUri === undefined ? pepperOf(dataDir) : newPepper())
}
