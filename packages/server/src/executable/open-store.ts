import type { LimitOptions } from '../limits.ts'
import { expectDatabase } from '../stores/embedded/data-folder.ts'
import { embeddedStore } from '../stores/embedded/index.ts'
import type { Store } from '../stores/store.ts'
import { withMongoDriver } from './mongo-driver.ts'
import { newPepper, pepperOf } from './pepper.ts'

/** Where the data is, and the secret that keys are hashed with. */
export interface StorePlace {
  readonly mongodbUri: string | undefined
  /** A folder, or `:memory:`; not used with MongoDB. */
  readonly dataDir: string
  readonly keyPepper: string | undefined
  readonly limits?: LimitOptions | undefined
  /** Refuses a place that no server has used yet, instead of making a store there. */
  readonly mustExist?: boolean
  /** Refuses what an older version has written, instead of bringing it up to date as a server does. */
  readonly asItIs?: boolean
}

/** A folder is open within a second, unless its disk is slow or much has to be read or updated first. */
const slowMs = 5_000

/** @param onSlow is called once where a folder takes long: nothing is given up, since a large one may take minutes */
export async function openStore(
  { mongodbUri, dataDir, limits, mustExist = false, asItIs = false }: StorePlace,
  onSlow?: () => void,
): Promise<Store> {
  const deadline = limits?.storeMs === undefined ? {} : { deadlineMs: limits.storeMs }
  if (mongodbUri === undefined) {
    if (mustExist) expectDatabase(dataDir)
    const slow = onSlow && setTimeout(onSlow, slowMs)
    return embeddedStore({ path: dataDir, asItIs, ...deadline }).finally(() => clearTimeout(slow))
  }
  const { mongoStore } = await withMongoDriver(() => import('../stores/mongo/index.ts'))
  return mongoStore({ url: mongodbUri, mustExist, asItIs, ...deadline })
}

/**
 * A demo on MongoDB may be told none: it gets a new one at every start, under which its guests and created keys of the last
 * start are unknown.
 */
export function keyPepperOf({ keyPepper, mongodbUri, dataDir }: StorePlace): string {
  return keyPepper ?? (mongodbUri === undefined ? pepperOf(dataDir) : newPepper())
}
