import { describeError } from '../describe-error.ts'
import type { Store } from '../store.ts'
import { embeddedAliases } from './aliases.ts'
import { embeddedAudit } from './audit.ts'
import { embeddedBlocks } from './blocks.ts'
import { embeddedCalls } from './calls.ts'
import { embeddedCannedAnswers } from './canned-answers.ts'
import { embeddedChanges } from './changes.ts'
import { MetBadPageError, type Report } from './damage.ts'
import { embeddedDeliveries } from './deliveries.ts'
import { embeddedKeys } from './keys.ts'
import { embeddedLineManagers } from './line-managers.ts'
import { type Answer, type Domain, isAlone, isRead, type Operation, type Sync } from './operations.ts'
import { embeddedPersonal } from './personal.ts'
import { embeddedReaders } from './readers.ts'
import { embeddedReports } from './reports.ts'
import { embeddedRevocations } from './revocations.ts'
import { embeddedRooms } from './rooms.ts'
import { embeddedShareLinks } from './share-links.ts'
import { type Database, isCorruption, isMachineError, rollBack } from './sqlite.ts'
import { embeddedStreams } from './streams.ts'
import { embeddedThreads } from './threads.ts'
import { embeddedTickets } from './tickets.ts'
import { embeddedTopics } from './topics.ts'
import { embeddedUploads } from './uploads.ts'
import { embeddedUsers } from './users.ts'
import { embeddedWorkspaces } from './workspaces.ts'

/** Runs operations over the database, in their order; what it answers is durable. */
export interface Engine {
  run(batch: readonly Operation[]): Answer[]
}

type Methods = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>

/** What an engine tells and asks of those around it. */
export interface EngineOptions {
  readonly report?: Report
  /** Throws where nothing may be written now, before a batch that writes. */
  readonly beforeWriting?: () => void
  /** Runs once a batch is on the disk. Throws where it is on none that anybody will read. */
  readonly written?: () => void
}

/** The engine of an open database, the same on the main thread and in a worker. */
export function createEngine(
  db: Database,
  { report = () => {}, beforeWriting = () => {}, written = () => {} }: EngineOptions = {},
): Engine {
  const streams = embeddedStreams(db, report)
  const domains: { readonly [D in Domain]: Sync<Store[D]> } = {
    workspaces: embeddedWorkspaces(db),
    streams,
    calls: embeddedCalls(db, report),
    topics: embeddedTopics(db, report),
    lineManagers: embeddedLineManagers(db, report),
    tickets: embeddedTickets(db, report),
    cannedAnswers: embeddedCannedAnswers(db, report),
    shareLinks: embeddedShareLinks(db),
    users: embeddedUsers(db, report),
    aliases: embeddedAliases(db, report),
    blocks: embeddedBlocks(db, report),
    reports: embeddedReports(db, report),
    keys: embeddedKeys(db, report),
    audit: embeddedAudit(db, report),
    personal: embeddedPersonal(db, report),
    revocations: embeddedRevocations(db),
    changes: embeddedChanges(db),
    rooms: embeddedRooms(db, report),
    readers: embeddedReaders(db, report),
    threads: embeddedThreads(db, report),
    deliveries: embeddedDeliveries(db, report),
    uploads: embeddedUploads(db, report),
    search: streams.search,
  }
  // An operation is data here; `index.ts` makes it of a typed call of the same method.
  const methods = { ...domains, engine: { probe } } as unknown as Readonly<Record<Operation[0], Methods>>
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')

  /** Writes what is there already. */
  function probe(): void {
    const { user_version } = db.prepare<{ user_version: number }>('PRAGMA user_version').get() ?? {}
    db.exec(`PRAGMA user_version = ${user_version}`)
  }

  function perform([domain, method, args]: Operation): Answer {
    const run = methods[domain][method]
    if (!run) throw new Error(`The store has no ${domain}.${method}`)
    return { value: run(...args) }
  }

  function performAlone(operation: Operation): Answer {
    const answer = perform(operation)
    written()
    return answer
  }

  function transact(batch: readonly Operation[]): Answer[] {
    if (batch.every(isRead)) return batch.map(perform)
    if (batch.every(isAlone)) return batch.map(performAlone)
    beforeWriting()
    begin.run()
    const answers = batch.map(perform)
    commit.run()
    written()
    return answers
  }

  /**
   * All or nothing, unless one operation is at fault: then all without it. What only reads goes on where the disk takes no
   * writes, and a damaged part of the file concerns those alone who need it.
   */
  function run(batch: readonly Operation[]): Answer[] {
    // What has been committed before one that needs no transaction is not run again where that or a later one fails.
    if (batch.length > 1 && batch.some(isAlone)) return batch.flatMap((one) => run([one]))
    try {
      return transact(batch)
    } catch (error) {
      streams.forgetLogs()
      rollBack(db)
      if (error instanceof MetBadPageError) return run(batch)
      const unavailable = isMachineError(error)
      const isShared = unavailable && !isCorruption(error)
      if (batch.length === 1) return [{ failure: describeError(error), unavailable }]
      if (!isShared) return batch.flatMap((operation) => run([operation]))
      const refused = { failure: describeError(error), unavailable }
      return batch.flatMap((operation) => (isRead(operation) ? run([operation]) : refused))
    }
  }

  return { run }
}
