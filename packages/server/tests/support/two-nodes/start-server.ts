import { randomBytes } from 'node:crypto'
import { inject } from 'vitest'
import type { ChatServerOptions } from '../../../src/chat-server.ts'
import type { Bus } from '../../../src/nodes/bus.ts'
import { redisBus } from '../../../src/nodes/redis-bus.ts'
import type { Store } from '../../../src/stores/store.ts'
import { startServer as startOne, type TestServer } from '../../../src/testing/start-server.ts'
import { until } from '../sockets.ts'
import { watchedBus, watchedStore } from './activity.ts'
import { openBalancer } from './balancer.ts'
import { newPlace, openPlace, placeOf } from './places.ts'

export * from '../../../src/testing/start-server.ts'

/**
 * What tests get in place of one server: two of them on one new database and one Redis, behind a balancer that gives each new
 * connection to the other one. What is asked of the object itself is asked of the first.
 */
export async function startServer(options: Partial<ChatServerOptions> = {}): Promise<TestServer> {
  const { store = await openPlace(newPlace()), keyPepper = randomBytes(32).toString('hex') } = options
  const place = placeOf(store)
  const startNode = async (own: Store): Promise<Node> => {
    const [bus, known] = [busOf(place), new Known()]
    const watched = known.watch(watchedStore(own))
    return { bus, known, server: await startOne({ ...options, keyPepper, bus, store: watched }) }
  }
  const second = openPlace(place)
  const east = await startNode(store)
  // It knows the first one as it starts, and asks to be known: neither waits for a beat.
  const west = await startNode(await second)
  await until(() => {
    if (!east.known.isTwo || !west.known.isTwo) throw new Error('They do not know each other')
    if (!east.bus.isConnected || !west.bus.isConnected) throw new Error('They do not hear each other')
  })
  const balancer = await openBalancer([east.server.url, west.server.url])
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await Promise.all([east.server.close(), west.server.close()])
    await balancer.close()
  }
  return Object.create(east.server, {
    url: { value: balancer.url },
    close: { value: () => (closing ??= close()) },
  }) as TestServer
}

interface Node {
  readonly server: TestServer
  readonly bus: Bus
  readonly known: Known
}

function busOf(place: string): Bus {
  return watchedBus(redisBus({ url: inject('twoNodes').redis, channel: new URL(place).pathname }))
}

/** Whether a server has read that there is another one. */
class Known {
  isTwo = false
  #own: string | undefined

  watch(store: Store): Store {
    const { nodes } = store
    if (!nodes) throw new Error('Two servers cannot share this store')
    const beat: typeof nodes.beat = (id) => {
      this.#own = id
      return nodes.beat(id)
    }
    const list: typeof nodes.list = async () => {
      const rows = await nodes.list()
      this.isTwo ||= rows.some(({ id }) => id !== this.#own)
      return rows
    }
    return { ...store, nodes: { ...nodes, beat, list } }
  }
}
