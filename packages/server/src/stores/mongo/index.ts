import type { Db } from 'mongodb'
import { DamagedRows } from '../health.ts'
import type { DamagedRow, Store } from '../store.ts'
import { mongoAliases } from './aliases.ts'
import { mongoAudit } from './audit.ts'
import { mongoBlocks } from './blocks.ts'
import { mongoCalls } from './calls.ts'
import { mongoCannedAnswers } from './canned-answers.ts'
import { mongoChanges } from './changes.ts'
import { type Connection, connect, type MongoStoreOptions } from './connection.ts'
import { type Database, databaseOver } from './database.ts'
import { mongoDeliveries } from './deliveries.ts'
import { mongoHealth } from './health.ts'
import { mongoKeys } from './keys.ts'
import { mongoLeases } from './leases.ts'
import { lineManagerRows } from './line-manager-rows.ts'
import { mongoLineManagers } from './line-managers.ts'
import { expectForm, migrate } from './migrations.ts'
import { mongoNodes } from './nodes.ts'
import { mongoPersonal } from './personal.ts'
import { mongoReaders } from './readers.ts'
import { renewal } from './renewal.ts'
import { mongoReports } from './reports.ts'
import { mongoRevocations } from './revocations.ts'
import { mongoRooms } from './rooms.ts'
import { mongoShareLinks } from './share-links.ts'
import { mongoStreams } from './streams.ts'
import { mongoThreads } from './threads.ts'
import { ticketLoads, ticketRows } from './ticket-rows.ts'
import { mongoTickets } from './tickets.ts'
import { mongoTopics, topicRows } from './topics.ts'
import { mongoUploads } from './uploads.ts'
import { mongoUsers } from './users.ts'
import { mongoWorkspaces } from './workspaces.ts'

export type { MongoStoreOptions } from './connection.ts'

/** After how many deadlines without an answer a new client is tried. */
const renewAfter = 2.5

/**
 * Keeps everything in MongoDB 4.4 or newer, a replica set, a sharded cluster or a server alone. Several servers of ours
 * may share it. Rejects with `StoreOpenError`.
 */
export async function mongoStore(options: MongoStoreOptions): Promise<Store> {
  return storeOver(await connect(options), async (db) => {
    if (options.asItIs) await expectForm(db)
  })
}

/**
 * The store over a database, its indexes made.
 * @param expect looks at the database before it is changed; throws where it is not to be
 */
export async function storeOver(
  connection: Connection,
  expect: (db: Db) => Promise<void> = async () => {},
): Promise<Store> {
  const { deadlineMs, foundAt } = connection
  const renewing = renewal(renewAfter * deadlineMs, () => connection.renew())
  const database = databaseOver(connection, deadlineMs, renewing)
  const damaged = new DamagedRows()
  const { store, idle } = domainsOver(database, damaged)
  await connection.prepare(async (plain) => {
    await expect(plain)
    await migrate(plain)
    await database.createIndexes(plain)
  })
  let closing: Promise<void> | undefined

  async function closeAll(): Promise<void> {
    await database.deadlines.close()
    await idle()
    renewing.end()
    await connection.close()
  }

  return {
    ...store,
    // Others may be using it now.
    ...(foundAt !== undefined && { usedUntil: foundAt }),
    health: mongoHealth(database, store.changes, damaged),
    onDamaged: (listener) => damaged.listen(listener),
    close() {
      closing ??= closeAll()
      return closing
    },
  }
}

interface Domains {
  readonly store: Omit<
    Required<Store>,
    'health' | 'onDamaged' | 'onEnded' | 'usedUntil' | 'notRebuilt' | 'close'
  >
  /** Resolves when nothing is written any more that nobody waits for. */
  idle(): Promise<void>
}

/** All that is kept in a database; declares every collection. */
export function domainsOver(database: Database, damaged: DamagedRows): Domains {
  const { guard } = database.deadlines
  const tickets = ticketRows(database)
  const managers = lineManagerRows(database)
  const topics = topicRows(database)
  const loads = ticketLoads(tickets)
  const report = (row: DamagedRow): void => damaged.add(row)
  const streams = mongoStreams(database, report)
  const readers = mongoReaders(database, {
    endOf: streams.endOf,
    membersOf: (workspaceId, room) => rooms.memberIds(workspaceId, room),
  })
  const rooms = mongoRooms(database, readers)
  const store = {
    workspaces: guard(mongoWorkspaces(database)),
    streams: guard(streams.store),
    search: guard(streams.search),
    calls: guard(mongoCalls(database)),
    topics: guard(mongoTopics(database, topics)),
    lineManagers: guard(mongoLineManagers(database, { tickets, managers, ticketLoads: loads })),
    tickets: guard(mongoTickets(database, { tickets, managers, topics, ticketLoads: loads })),
    cannedAnswers: guard(mongoCannedAnswers(database)),
    shareLinks: guard(mongoShareLinks(database)),
    users: guard(mongoUsers(database)),
    aliases: guard(mongoAliases(database)),
    blocks: guard(mongoBlocks(database)),
    reports: guard(mongoReports(database)),
    keys: guard(mongoKeys(database)),
    audit: guard(mongoAudit(database)),
    personal: guard(mongoPersonal(database, report)),
    revocations: guard(mongoRevocations(database)),
    changes: guard(mongoChanges(database)),
    nodes: guard(mongoNodes(database)),
    rooms: guard(rooms),
    readers: guard(readers),
    threads: guard(mongoThreads(database)),
    deliveries: guard(mongoDeliveries(database)),
    leases: guard(mongoLeases(database)),
    uploads: guard(mongoUploads(database)),
  }
  return { store: { ...store, turns: streams.turns }, idle: streams.idle }
}
