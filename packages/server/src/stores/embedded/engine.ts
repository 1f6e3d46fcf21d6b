import { describeError } from '../describe-error.ts'
import type { Store } from '../store.ts'
import { embeddedAliases } from './aliases.ts'
import { embeddedAudit } from './audit.ts'
import { embeddedBlocks } from './blocks.ts'
import { embeddedCalls } from './calls.ts'
import { embeddedChanges } from './changes.ts'
import { embeddedKeys } from './keys.ts'
import { embeddedLineManagers } from './line-managers.ts'
import { type Answer, type Domain, type Operation, operationKinds, type Sync } from './operations.ts'
import { embeddedPersonal } from './personal.ts'
import { embeddedRevocations } from './revocations.ts'
import { embeddedRooms } from './rooms.ts'
import { type Database, isMachineError } from './sqlite.ts'
import { embeddedStreams } from './streams.ts'
import { embeddedTickets } from './tickets.ts'
import { embeddedTopics } from './topics.ts'
import { embeddedUsers } from './users.ts'
import { embeddedWorkspaces } from './workspaces.ts'

/** Runs operations over the database, in their order; what it answers is durable. */
export interface Engine {
  run(batch: readonly Operation[]): Answer[]
}

type Methods = Readonly<Record<string, (...args: readonly unknown[]) => unknown>>

/** The engine of an open database, the same on the main thread and in a worker. */
export function createEngine(db: Database): Engine {
  const streams = embeddedStreams(db)
  const domains: { readonly [D in Domain]: Sync<Store[D]> } = {
    workspaces: embeddedWorkspaces(db),
    streams,
    calls: embeddedCalls(db),
    topics: embeddedTopics(db),
    lineManagers: embeddedLineManagers(db),
    tickets: embeddedTickets(db),
    users: embeddedUsers(db),
    aliases: embeddedAliases(db),
    blocks: embeddedBlocks(db),
    keys: embeddedKeys(db),
    audit: embeddedAudit(db),
    personal: embeddedPersonal(db),
    revocations: embeddedRevocations(db),
    changes: embeddedChanges(db),
    rooms: embeddedRooms(db),
  }
  // An operation is data here; `index.ts` makes it of a typed call of the same method.
  const methods = domains as unknown as Readonly<Record<Domain, Methods>>
  const begin = db.prepare('BEGIN IMMEDIATE')
  const commit = db.prepare('COMMIT')

  function perform([domain, method, args]: Operation): Answer {
    const run = methods[domain][method]
    if (!run) throw new Error(`The store has no ${domain}.${method}`)
    return { value: run(...args) }
  }

  function transact(batch: readonly Operation[]): Answer[] {
    if (batch.every(isRead)) return batch.map(perform)
    if (batch.some(isAlone)) return batch.flatMap((one) => (isAlone(one) ? perform(one) : transact([one])))
    begin.run()
    const answers = batch.map(perform)
    commit.run()
    return answers
  }

  function rollBack(): void {
    streams.forget()
    try {
      db.exec('ROLLBACK')
    } catch {
      // SQLite has rolled back by itself, or nothing had begun.
    }
  }

  /** All or nothing, unless one operation is at fault: then all without it. */
  function run(batch: readonly Operation[]): Answer[] {
    try {
      return transact(batch)
    } catch (error) {
      rollBack()
      const isUnavailable = isMachineError(error)
      if (isUnavailable || batch.length === 1) {
        return batch.map(() => ({ failure: describeError(error), unavailable: isUnavailable }))
      }
      return batch.flatMap((operation) => run([operation]))
    }
  }

  return { run }
}

function isRead(operation: Operation): boolean {
  return kindOf(operation) === 'read'
}

function isAlone(operation: Operation): boolean {
  return kindOf(operation) === 'alone'
}

function kindOf([domain, method]: Operation): string | undefined {
  const kinds: Readonly<Record<string, string>> = operationKinds[domain]
  return kinds[method]
}
