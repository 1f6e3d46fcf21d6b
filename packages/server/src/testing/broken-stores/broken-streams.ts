import type { Operation } from '../../stores/embedded/operations.ts'
import type { Database } from '../../stores/embedded/sqlite.ts'
import type { Appended, StreamKey } from '../../stores/store.ts'
import { draft } from '../store-cases/making.ts'
import { mainThreadStore, type OpenFolder } from './main-thread-store.ts'

/** Loses its last entry when it is closed. */
export const losesTheLastWrite: OpenFolder = mainThreadStore({
  closed: (db) => db.exec('DELETE FROM entries WHERE rowid = (SELECT max(rowid) FROM entries)'),
})

/** Uses up a seq for a repeated cid, as a database sequence does that counts before the unique key is checked. */
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

/** Each connection counts on from the head that it remembers, and no unique key guards the seq. */
export const reusesASeq: OpenFolder = mainThreadStore({
  apart: true,
  opened: (db) => db.exec('DROP INDEX entries_place; CREATE INDEX entries_place ON entries (stream_n, seq)'),
})

/** Keeps no cids, so that a repetition creates another row. */
export const ignoresCids: OpenFolder = mainThreadStore({
  ran: (operation, _answer, db) => {
    if (mayHaveCid(operation)) forgetCids(db)
  },
})

/** Forgets all cids when it is closed. */
export const forgetsCidsWithARestart: OpenFolder = mainThreadStore({ closed: forgetCids })

/** Gives the streams new epochs every time it is opened. */
export const changesEpochs: OpenFolder = mainThreadStore({
  opened: (db) => db.exec('UPDATE streams SET epoch = lower(hex(randomblob(16)))'),
})

function mayHaveCid([, method]: Operation): boolean {
  return method === 'append' || method === 'create'
}

function forgetCids(db: Database): void {
  for (const table of ['entries', 'calls', 'topics', 'line_managers', 'tickets', 'keys', 'reports'])
    db.exec(`UPDATE ${table} SET cid = lower(hex(randomblob(16)))`)
}
