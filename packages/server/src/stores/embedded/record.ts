import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { databaseName, recordName } from './names.ts'
import { readWal, readWalIndex, type WalIndex } from './wal.ts'

/**
 * How far the write-ahead log went after the last commit. It is written after each commit, into a file of its own and without
 * a sync: so it survives the process, and after a power failure it is at most behind. A log that goes less far at the next
 * start has lost what was acknowledged.
 */
export interface Record {
  written(): void
  /** Notes whether everything is in the database. Call it once that is closed. */
  close(): void
}

const recordBytes = 128

/** Keeps the record of a database that is open. */
export function keepRecord(folder: string): Record {
  const file = join(folder, recordName)
  const wal = join(folder, `${databaseName}-wal`)
  const descriptor = openSync(file, existsSync(file) ? 'r+' : 'wx+', 0o600)
  const index = openIndex(folder)
  const buffer = Buffer.alloc(recordBytes, ' ')

  function write(state: WalIndex): void {
    const text = `${JSON.stringify({ version: 1, ...state })}\n`
    buffer.fill(' ')
    buffer.write(text)
    writeSync(descriptor, buffer, 0, recordBytes, 0)
  }

  function written(): void {
    if (index === undefined) return
    try {
      write(readWalIndex(index))
    } catch {
      // On a full disk the record stays behind, which does no harm.
    }
  }

  written()
  fsyncSync(descriptor)
  return {
    written,
    close() {
      if (index !== undefined) closeSync(index)
      try {
        if (!statSync(wal, { throwIfNoEntry: false })?.size) write({ salt: '', frames: 0, saved: 0 })
        fsyncSync(descriptor)
      } finally {
        closeSync(descriptor)
      }
    },
  }
}

/** Undefined where SQLite keeps its index elsewhere: then nothing is known of how far the log goes. */
function openIndex(folder: string): number | undefined {
  try {
    return openSync(join(folder, `${databaseName}-shm`), 'r')
  } catch {
    return undefined
  }
}

/** Whether a server has kept data in this folder. */
export function hasRecord(folder: string): boolean {
  return existsSync(join(folder, recordName))
}

/** What has gone since the last commit, as far as the files can tell; undefined if nothing has. */
export function lossSince(folder: string): string | undefined {
  const last = readRecord(join(folder, recordName))
  if (!last || last.frames <= last.saved) return undefined
  const wal = join(folder, `${databaseName}-wal`)
  const found = readWal(wal, last.frames)
  // Whoever opened the database meanwhile has moved all of the log into it.
  if (!found && isLater(join(folder, databaseName), join(folder, recordName))) return undefined
  if (!found) return existsSync(wal) ? 'its header is damaged' : 'it is missing'
  // A log that has begun anew since had been moved into the database as a whole.
  if (found.salt !== last.salt || found.frames >= last.frames) return undefined
  return `${last.frames - found.frames} of its ${last.frames} parts are missing or damaged`
}

function isLater(file: string, than: string): boolean {
  return statSync(file).mtimeMs > statSync(than).mtimeMs
}

/** Undefined where there is no record, or none that is whole. */
function readRecord(file: string): WalIndex | undefined {
  try {
    const { version, salt, frames, saved } = JSON.parse(readFileSync(file, 'utf8')) as {
      version?: unknown
    } & WalIndex
    return version === 1 ? { salt: String(salt), frames: Number(frames), saved: Number(saved) } : undefined
  } catch {
    return undefined
  }
}

/** Whether a database says of itself that it has a write-ahead log. */
export function usesWal(file: string): boolean {
  const descriptor = openSync(file, 'r')
  try {
    const header = Buffer.alloc(20)
    readSync(descriptor, header, 0, header.length, 0)
    return header[18] === 2 && header[19] === 2
  } finally {
    closeSync(descriptor)
  }
}
