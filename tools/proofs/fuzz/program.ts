// A server in a process of its own, which says what reaches its handlers and its store.
import { AsyncLocalStorage } from 'node:async_hooks'
import { createChatServer } from '../../../packages/server/src/chat-server.ts'
import type { Logger } from '../../../packages/server/src/logger.ts'
import { FrameDecoder } from '../../../packages/server/src/sockets/frames.ts'
import { embeddedStore } from '../../../packages/server/src/stores/embedded/index.ts'
import type { Store } from '../../../packages/server/src/stores/store.ts'
import type { Figures, Plant, Start } from './fuzzed-server.ts'
import { planted } from './plants.ts'

const { folder, limits, plant } = JSON.parse(process.argv[2] ?? '') as Start

const counted = { read: 0, handled: 0, stored: 0 }
const problems: string[] = []

const { add } = FrameDecoder.prototype
FrameDecoder.prototype.add = function count(frame) {
  counted.read += 1
  add.call(this, frame)
}

/** The request that is being handled. It counts once, however often it asks the store. */
const handling = new AsyncLocalStorage<{ isCounted: boolean }>()

function countStored(): void {
  const request = handling.getStore()
  if (!request || request.isCounted) return
  request.isCounted = true
  counted.stored += 1
}

function watched<T extends object>(domain: T): T {
  return new Proxy(domain, {
    get(target, name, receiver) {
      countStored()
      return Reflect.get(target, name, receiver)
    },
  })
}

function watchedStore(store: Store, plant: Plant | undefined): Store {
  const domains = Object.entries(planted(store, plant)).map(([name, value]) => [
    name,
    typeof value === 'object' && value !== null ? watched(value) : value,
  ])
  return { ...(Object.fromEntries(domains) as Store), close: () => store.close() }
}

const complain = (fields: object, text: string): void => {
  if (problems.length < 20) problems.push(`${text}: ${JSON.stringify(fields)}`)
}
// Warnings are about clients that were refused.
const logger: Logger = { info: () => {}, warn: () => {}, error: complain }

function figures(): Figures {
  globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  const handles = process.getActiveResourcesInfo().length
  return { ...counted, heapUsed, rss, handles, problems: problems.splice(0) }
}

const server = await createChatServer({
  store: watchedStore(await embeddedStore({ path: folder }), plant),
  port: 0,
  host: '127.0.0.1',
  keyPepper: 'a pepper of the proofs',
  workspaces: ['fuzz', 'calm'].map((id) => ({
    id,
    keys: [{ key: `${id}-key`, kinds: ['page', 'server'] }],
    v2: true,
    guests: true,
    customersMeet: 'anybody',
  })),
  v2: { workspace: 'fuzz' },
  trustedProxies: ['127.0.0.1'],
  limits,
  logger,
  authorize() {
    counted.handled += 1
    handling.enterWith({ isCounted: false })
    return true
  },
})

process.on('message', (ask) => {
  if (ask === 'figures') process.send?.({ figures: figures() })
  if (ask === 'close') void server.close().then(() => process.disconnect())
})
process.send?.({ url: server.url })
