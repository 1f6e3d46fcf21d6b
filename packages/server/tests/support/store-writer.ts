import type { MongoStoreOptions } from '../../src/stores/mongo/index.ts'
import type { Store } from '../../src/stores/store.ts'
import { writeUntilKilled } from '../../src/testing/store-cases/kills.ts'

/** The functions that open a store to write to; each is loaded on demand. */
export const openers = {
  async embeddedStore(options: { path: string }): Promise<Store> {
    const { embeddedStore } = await import('../../src/stores/embedded/index.ts')
    return embeddedStore(options)
  },
  async mongoStore(options: MongoStoreOptions): Promise<Store> {
    const { mongoStore } = await import('../../src/stores/mongo/index.ts')
    return mongoStore(options)
  },
  async hastyStore(folder: string): Promise<Store> {
    const { hastyStore } = await import('../../src/testing/broken-stores/hasty-store.ts')
    return hastyStore(folder)
  },
}

// The name of an opener and its argument as JSON, as `storeWriter` gives them.
const [open = '', argument = ''] = process.argv.slice(2)
const opener = (openers as Record<string, (argument: never) => Promise<Store>>)[open]
if (!opener) throw new Error(`There is no ${open} to open a store with`)
await writeUntilKilled(await opener(JSON.parse(argument) as never))
