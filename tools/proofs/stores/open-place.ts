import type { MongoProcess } from '../../../packages/server/tests/support/mongo-process.ts'
import { embeddedPlace } from './embedded-place.ts'
import { mongoPlace } from './mongo-place.ts'
import type { Driver, Place } from './place.ts'

/** @param shared where a MongoDB database is made; without it a server of its own is started */
export function openPlace(driver: Driver, shared?: MongoProcess): Promise<Place> {
  return driver === 'mongo' ? mongoPlace(shared) : Promise.resolve(embeddedPlace())
}
