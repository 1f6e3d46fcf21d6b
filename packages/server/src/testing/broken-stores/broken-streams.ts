import type { Operation } from '../../stores/embedded/operations.ts'
import type { Database } from '../../stores/embedded/sqlite.ts'
import type { Appended, StreamKey } from '../../stores/store.ts'
import { draft } from '../store-cases/making.ts'
import { mainThreadStore, type OpenFolder } from './main-thread-store.ts'

/** Has everything but what was stored last when it is opened again. */
export const losesTheLastWrite: OpenFolder = mainThreadStore({
  closed: (db) => db.exec('DELETE FROM entries WHERE rowid = (SELECT max(rowid) FROM entries)'),
})

/** Spends a number on a repeated cid, as a sequence of a database that is asked before the unique key does. */
export const leavesAHole: OpenFolder = mainThreadStore({
  ran([domain, method, args], answer, db, engine) {
    if (domain !== 'streams' || method !== 'append' || !('value' in answer)) return
    const { appended } = answer.value as { appended: Appended[] }
    if (appended.every((one) => 'created' in one && one.created)) return
    const key = args[0] as StreamKey
    engine.run([['streams', 'append', [key, [draft({ cid: 'spent' })]]]])
    db.exec("DELETE FROM entries WHERE cid = 'spent'")
  },
})

/** Counts on from the head that each connection remembers, without a unique key for the place. */
export const reusesASeq: OpenFolder = mainThreadStore({
  apart: true,
  opened: (db) => db.exec('DROP INDEX entries_place; CREATE INDEX entries_place ON entries (stream_n, seq)'),
})

/** Keeps no cid, so that a repetition makes another row. */
export const ignoresCids: OpenFolder = mainThreadStore({
  ran: (operation, _answer, db) => {
    if (mayHaveCid(operation)) forgetCids(db)
  },
})

/** Knows the cids of this run alone. */
export const forgetsCidsWithARestart: OpenFolder = mainThreadStore({ closed: forgetCids })

/** Gives the streams new epochs at each start. */
export const changesEpochs: OpenFolder = mainThreadStore({
  opened: (db) => db.exec('UPDATE streams SET epoch = lower(hex(randomblob(16)))'),
})

function mayHaveCid([, method]: Operation): boolean {
  return method === 'append' || method === 'create'
}

function forgetCids(db: Database): void {
  for (const table of ['entries', 'calls', 'topics', 'line_managers', 'tickets'])
    db.exec(`UPDATE ${table} SET cid = lower(hex(randomblob(16)))`)
}
