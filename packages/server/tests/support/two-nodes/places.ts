import { randomUUID } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MongoClient } from 'mongodb'
import { inject } from 'vitest'
import { mongoStore } from '../../../src/stores/mongo/index.ts'
import type { Store } from '../../../src/stores/store.ts'

// What stands in for MongoDB is slow on a busy machine, and these tests are not about being late.
const deadlineMs = 60_000

const urls = new WeakMap<Store, string>()

/** A new database, which stores share. */
export function newPlace(): string {
  const url = new URL(inject('twoNodes').mongo)
  url.pathname = `/two-${randomUUID().slice(0, 18)}`
  return url.href
}

export async function openPlace(url: string): Promise<Store> {
  const store = await mongoStore({ url, deadlineMs })
  urls.set(store, url)
  return store
}

/** The place of a store that a test has opened. @throws if it is another kind of store */
export function placeOf(store: Store): string {
  const url = urls.get(store)
  if (url === undefined) throw new Error('Two servers cannot share the store of this test')
  return url
}

/**
 * What tests get in place of the embedded store: a new database that two servers can share. A test that looks into the folder
 * finds all its rows there once it is closed.
 */
export async function embeddedStore({ path }: { readonly path: string }): Promise<Store> {
  const url = newPlace()
  const store = await openPlace(url)
  if (path === ':memory:') return store
  const { close } = store
  const copied = { ...store, close: () => copyInto(url, path).then(close) }
  urls.set(copied, url)
  return copied
}

async function copyInto(url: string, folder: string): Promise<void> {
  const client = await new MongoClient(url).connect()
  try {
    const collections = await client.db().collections()
    mkdirSync(folder, { recursive: true })
    for (const collection of collections) {
      const rows = await collection.find().toArray()
      writeFileSync(join(folder, `${collection.collectionName}.json`), JSON.stringify(rows))
    }
  } finally {
    await client.close()
  }
}
