import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readFileSync,
  readSync,
  type Stats,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { clockOffset } from '../../time.ts'
import { databaseName, recordName } from './names.ts'
import { readWal, readWalIndex, type WalIndex } from './wal.ts'

/**
 * How far the write-ahead log went after the last commit. It is written after each commit, into a file of its own and without
 * a sync: so it survives the process, and after a power failure it is at most behind. A log that goes less far at the next
 * start has lost what was acknowledged.
 */
export interface Record {
  /** When the folder was last used by a clock that is not doubted, in milliseconds since 1970; undefined for a new one. */
  readonly usedUntil: number | undefined
  written(): void
  /** Notes whether everything is in the database. Call it once that is closed. */
  close(): void
}

const recordBytes = 128
const dayMs = 24 * 60 * 60 * 1_000

/** Whence and whither the clock has leapt ahead by a day or more: for a day it is doubted, also by those that start meanwhile. */
type Leap = readonly [from: number, to: number]

interface Kept extends WalIndex {
  readonly leap?: Leap | undefined
}

/** Keeps the record of a database that is open. */
export function keepRecord(folder: string): Record {
  const file = join(folder, recordName)
  const wal = join(folder, `${databaseName}-wal`)
  const used = statSync(file, { throwIfNoEntry: false })?.mtimeMs
  let leap = used === undefined ? undefined : leapSince(used, file)
  let offset = clockOffset()
  const usedUntil = leap?.[0] ?? used
  const descriptor = openRecord(file)
  const index = openIndex(folder)

  function write(state: WalIndex): void {
    const step = clockOffset() - offset
    offset += step
    if (step >= dayMs) leap = [Math.round(Date.now() - step), Date.now()]
    // One that is over does not come back when its time has come.
    if (leap && !isDoubted(leap)) leap = undefined
    writeRecord(descriptor, { ...state, leap })
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
    usedUntil,
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

/** Lets a record say nothing of a log, for a database that comes from elsewhere. The folder is not used by that. */
export function clearRecord(folder: string): void {
  const file = join(folder, recordName)
  const used = statSync(file, { throwIfNoEntry: false })
  const leap = readRecord(file)?.leap
  const descriptor = openRecord(file)
  writeRecord(descriptor, { salt: '', frames: 0, saved: 0, leap })
  fsyncSync(descriptor)
  closeSync(descriptor)
  if (used) leaveUse(folder, used)
}

/** Gives a folder the time of its last use again. */
export function leaveUse(folder: string, { atime, mtime }: Stats): void {
  try {
    utimesSync(join(folder, recordName), atime, mtime)
  } catch {
    // Who may write to the file need not own it.
  }
}

function openRecord(file: string): number {
  return openSync(file, existsSync(file) ? 'r+' : 'wx+', 0o600)
}

function writeRecord(descriptor: number, kept: Kept): void {
  const buffer = Buffer.alloc(recordBytes, ' ')
  buffer.write(`${JSON.stringify({ version: 1, ...kept })}\n`)
  writeSync(descriptor, buffer, 0, recordBytes, 0)
}

/** The leap that is doubted now: one that was noted, or one since the last use. */
function leapSince(used: number, file: string): Leap | undefined {
  const leaps: readonly (Leap | undefined)[] = [readRecord(file)?.leap, [Math.round(used), Date.now()]]
  return leaps.find((leap) => leap && isDoubted(leap))
}

/** False for a clock that has been set back meanwhile. */
function isDoubted([from, to]: Leap): boolean {
  const now = Date.now()
  return now >= Math.max(from + dayMs, to - dayMs) && now < to + dayMs
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
function readRecord(file: string): Kept | undefined {
  try {
    const { version, salt, frames, saved, leap } = JSON.parse(readFileSync(file, 'utf8')) as {
      version?: unknown
    } & Kept
    if (version !== 1) return undefined
    const known: Leap | undefined = leap && [Number(leap[0]), Number(leap[1])]
    return { salt: String(salt), frames: Number(frames), saved: Number(saved), leap: known }
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
