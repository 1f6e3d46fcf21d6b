import { redisBus } from '../../../packages/server/src/nodes/redis-bus.ts'
import { mongoStore } from '../../../packages/server/src/stores/mongo/index.ts'
import type { Store } from '../../../packages/server/src/stores/store.ts'
import { openChat, type TestChat, type TestSocket } from '../../../packages/server/src/testing/connect.ts'
import { raisedLimits } from '../../../packages/server/src/testing/start-server.ts'

const limits = { ...raisedLimits, userOpenTickets: 10_000 }

/** How often the servers have used the log of shared changes. */
export interface LogUse {
  heads: number
  reads: number
  appends: number
  changes: number
  /** How long each append took. */
  appendMs: number[]
}

export interface Place {
  readonly east: TestChat
  readonly west: TestChat
  /** An admin and a customer of each. */
  readonly admins: readonly [TestSocket, TestSocket]
  readonly customers: readonly [TestSocket, TestSocket]
  readonly log: LogUse
  close(): Promise<void>
}

interface PlaceOptions {
  /** Of a new database. */
  readonly url: string
  readonly redisUrl: string | undefined
  /** Whether the servers let each other know of anything. */
  readonly isShared: boolean
  readonly managers: number
}

/** Two servers on a database, with a topic and line managers. */
export async function openPlace({ url, redisUrl, isShared, managers }: PlaceOptions): Promise<Place> {
  const log: LogUse = { heads: 0, reads: 0, appends: 0, changes: 0, appendMs: [] }
  const closing: (() => Promise<void>)[] = []
  const openOne = async (): Promise<TestChat> => {
    const store = counted(await mongoStore({ url, deadlineMs: 30_000 }), log, isShared)
    const bus =
      redisUrl === undefined ? {} : { bus: redisBus({ url: redisUrl, channel: new URL(url).pathname }) }
    return openChat((close) => closing.push(close), {
      store,
      keyPepper: 'the pepper of both',
      limits,
      ...bus,
    })
  }
  const [east, west] = [await openOne(), await openOne()]
  const admin = (chat: TestChat) => chat.connect('root', { role: 'admin' })
  const admins = [await admin(east), await admin(west)] as const
  const customers = [await east.connect('ann'), await west.connect('ben')] as const
  await admins[0].request('create_topic', { name: 'sales', cid: crypto.randomUUID() })
  for (let n = 1; n <= managers; n++) {
    const rank = { positions_in_a_line: n, average_serving_time: 4, is_unmanaged: true }
    await admins[0].request('create_line_manager', { user_id: `m${n}`, ...rank, cid: crypto.randomUUID() })
  }
  return {
    ...{ east, west, admins, customers, log },
    close: async () => void (await Promise.all(closing.map((close) => close()))),
  }
}

function counted(store: Store, log: LogUse, isShared: boolean): Store {
  const { changes } = store
  const { nodes, ...others } = store
  return {
    ...others,
    ...(isShared && nodes && { nodes }),
    changes: {
      ...changes,
      head: () => {
        log.heads += 1
        return changes.head()
      },
      after: (seq) => {
        log.reads += 1
        return changes.after(seq)
      },
      append: async (some) => {
        log.appends += 1
        log.changes += some.length
        const start = performance.now()
        await changes.append(some)
        log.appendMs.push(performance.now() - start)
      },
    },
  }
}
