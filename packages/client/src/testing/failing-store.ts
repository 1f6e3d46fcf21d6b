import { embeddedStore, type Store, StoreUnavailableError } from '@dowellchat/server'

/** A store whose lists and streams cannot be read while `isDown`. */
export async function failingStore() {
  const embedded = await embeddedStore({ path: ':memory:' })
  const failing = { isDown: false, failures: 0 }
  const unlessDown =
    <Args extends unknown[], Result>(read: (...args: Args) => Promise<Result>) =>
    (...args: Args): Promise<Result> => {
      if (!failing.isDown) return read(...args)
      failing.failures += 1
      return Promise.reject(new StoreUnavailableError('the disk is gone'))
    }
  const store: Store = {
    ...embedded,
    streams: { ...embedded.streams, page: unlessDown(embedded.streams.page) },
    topics: { ...embedded.topics, list: unlessDown(embedded.topics.list) },
    lineManagers: { ...embedded.lineManagers, list: unlessDown(embedded.lineManagers.list) },
    tickets: { ...embedded.tickets, list: unlessDown(embedded.tickets.list) },
  }
  const logger = { debug() {}, info() {}, warn() {}, error() {} }
  return { failing, options: { store, logger } }
}
