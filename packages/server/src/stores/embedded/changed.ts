import { limits } from '@dowellchat/protocol'
import { changeable, editsRead, versionsOf } from '../changing.ts'
import { type EntryRow, editAspect } from '../fields/streams.ts'
import { personOf } from '../person.ts'
import type { MessageTarget, StreamKey, StreamStore } from '../store.ts'
import { forgottenRow } from '../traces.ts'
import type { EmbeddedLog, Logs } from './logs.ts'
import { mentionedIn, mentionedText } from './mentions.ts'
import type { MessageAt } from './message-at.ts'
import type { Sync } from './operations.ts'
import type { Database } from './sqlite.ts'

type Named = Pick<EntryRow, '_id' | 'author' | 'cid' | 'fingerprint' | 'text'> & {
  readonly mentioned: string | null
}

type Changed = Pick<Sync<StreamStore>, 'pinned' | 'reactors' | 'versions' | 'forget'>

/** Reads what changes have left, and takes people out of it. */
export function embeddedChanged(db: Database, logs: Logs, messageAt: MessageAt): Changed {
  const pinned = db.prepare<Pick<EntryRow, 'seq'>>(
    `SELECT seq FROM entries WHERE stream_n = ? AND pinned_seq IS NOT NULL
     ORDER BY pinned_seq DESC LIMIT ${limits.pins}`,
  )
  const reactors = db.prepare<Pick<EntryRow, 'author'>>(
    `SELECT author FROM entries WHERE stream_n = ? AND about = ? AND aspect = ? AND author > ?
     ORDER BY author LIMIT ?`,
  )
  const original = db.prepare<Pick<EntryRow, 'original'>>(
    'SELECT original FROM entries WHERE stream_n = ? AND seq = ?',
  )
  const edits = db.prepare<Pick<EntryRow, 'text'>>(
    `SELECT text FROM entries WHERE stream_n = ? AND about = ? AND aspect = '${editAspect}'
     ORDER BY seq DESC LIMIT ${editsRead}`,
  )
  const named = db.prepare<Named>(
    'SELECT id AS _id, author, cid, fingerprint, mentioned, text FROM entries WHERE stream_n = ? AND seq = ?',
  )
  const rename = db.prepare(
    'UPDATE entries SET author = ?, cid = ?, fingerprint = ?, mentioned = ?, text = ? WHERE stream_n = ? AND seq = ?',
  )

  /** The log of a message; undefined where there is no such message. */
  function logOf(key: StreamKey, target: MessageTarget): EmbeddedLog | undefined {
    const log = logs.find(key)
    return changeable(messageAt(log, target.seq), target) && log
  }

  return {
    pinned(key) {
      const log = logs.find(key)
      const texts = log ? pinned.all(log.n).map(({ seq }) => messageAt(log, seq)) : []
      return `[${texts.filter((text) => text !== undefined).join()}]`
    },

    reactors(key, target, { reaction, after = '', limit }) {
      const log = logOf(key, target)
      return log ? reactors.all(log.n, target.seq, reaction, after, limit).map(({ author }) => author) : null
    },

    versions(key, target) {
      const log = logOf(key, target)
      if (!log) return null
      const texts = edits.all(log.n, target.seq).map(({ text }) => text)
      return versionsOf(original.get(log.n, target.seq)?.original ?? null, texts)
    },

    forget(key, seqs, renamed) {
      const log = logs.find(key)
      const person = personOf(renamed)
      for (const seq of log ? seqs : []) {
        const row = log && named.get(log.n, seq)
        const left = row && forgottenRow({ ...row, mentioned: mentionedIn(row) }, person)
        if (!left) continue
        const values = [left.author, left.cid, left.fingerprint, mentionedText(left), left.text] as const
        rename.run(...values, log.n, seq)
      }
    },
  }
}
