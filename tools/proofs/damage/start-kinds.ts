import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { copyFolder } from './scene.ts'

/** What keeps a server from starting on a whole data folder, and how it is mended. */
export interface RefusedKind {
  readonly id: string
  readonly what: string
  readonly from: 'closed' | 'killed'
  readonly says: RegExp
  /** Puts a copy of the folder there, in the way that is tried. */
  prepare(scene: string, folder: string): void
  mend(folder: string): void
  cleanUp?(folder: string): void
  readonly isShort?: true
}

/** Root may do everything, so the server runs as somebody else. */
export const somebody = process.getuid?.() === 0 ? 65_534 : undefined

function give(folder: string, uid: number | undefined): void {
  if (uid === undefined) return
  for (const name of readdirSync(folder)) chownSync(join(folder, name), uid, uid)
  chownSync(folder, uid, uid)
}

const whose = /may not be read and written: .* is of user \d+, and the server runs as user \d+; let the user/

/** A folder of the server's user in which one thing has another mode. */
function mode(
  id: string,
  what: string,
  name: string,
  bits: number,
  more: Partial<RefusedKind> = {},
): RefusedKind {
  return {
    id,
    what,
    from: 'closed',
    says: whose,
    prepare(scene, folder) {
      copyFolder(scene, folder)
      give(folder, somebody)
      chmodSync(join(folder, name), bits)
    },
    mend: (folder) => chmodSync(join(folder, name), name === '' ? 0o700 : 0o600),
    ...more,
  }
}

const permissions: readonly RefusedKind[] = [
  mode('rights-unreadable', 'the folder may not be read', '', 0o300),
  mode('rights-unwritable', 'the folder may not be written', '', 0o500, { isShort: true }),
  mode('rights-database', 'the database is read-only', 'chat.sqlite', 0o400),
  mode('rights-record', 'the record of the log may not be read', 'written', 0o000),
  mode('rights-lock', 'the lock is read-only', 'lock', 0o400),
  mode('rights-log', 'the log is read-only after kill -9', 'chat.sqlite-wal', 0o400, {
    from: 'killed',
    isShort: true,
  }),
  mode('rights-index', 'the index of the log is read-only after kill -9', 'chat.sqlite-shm', 0o400, {
    from: 'killed',
  }),
  {
    id: 'rights-owner',
    what: 'the folder is of another user',
    from: 'closed',
    says: whose,
    prepare: copyFolder,
    mend: (folder) => give(folder, somebody),
  },
]

const filler = '.filler'

/** A disk in memory, on which nothing more finds room. */
function fullDisk(id: string, from: 'closed' | 'killed'): RefusedKind {
  return {
    id,
    what: `the disk is full at the start, ${from === 'closed' ? 'after a clean end' : 'after kill -9'}`,
    from,
    says: /disk is full|free some space|free space/,
    isShort: true,
    prepare(scene, folder) {
      mountDisk(folder)
      for (const name of readdirSync(scene)) copyFileSync(join(scene, name), join(folder, name))
      give(folder, somebody)
      const { bavail, bsize } = statfsSync(folder)
      writeFileSync(join(folder, filler), Buffer.alloc(bavail * bsize))
    },
    mend: (folder) => rmSync(join(folder, filler)),
    cleanUp: (folder) => void spawnSync('umount', ['-l', folder]),
  }
}

function mountDisk(folder: string): void {
  mkdirSync(folder)
  const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=16m,mode=700', 'tmpfs', folder])
  if (status !== 0) throw new Error(`No disk can be made: ${String(stderr)}`)
}

/** A container may be root and yet make no disks. */
function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-disk-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder])
  if (status === 0) spawnSync('umount', ['-l', folder])
  rmSync(folder, { recursive: true })
  return status === 0
}

/** Those that may be tried here. */
export const refusedKinds: readonly RefusedKind[] = [
  ...permissions.filter(({ id }) => somebody !== undefined || id !== 'rights-owner'),
  ...(somebody !== undefined && canMount()
    ? [fullDisk('full-closed', 'closed'), fullDisk('full-killed', 'killed')]
    : []),
]

/** How the machine's clock is wrong, in milliseconds ahead. */
export interface ClockKind {
  readonly id: string
  readonly what: string
  readonly start: number
  /** Where it is set while the server runs. */
  readonly later?: number
  readonly says?: RegExp
  readonly isShort?: true
}

const hour = 60 * 60 * 1_000
const tenYears = 10 * 365 * 24 * hour
const behind = /before the last use of the store/
const waits = /nothing is removed by its age for a day/
const set = /has been set, or it has slept/

export const clockKinds: readonly ClockKind[] = [
  { id: 'clock-hour-back', what: 'the clock is an hour behind at the start', start: -hour, says: behind },
  { id: 'clock-hour-ahead', what: 'the clock is an hour ahead at the start', start: hour },
  {
    id: 'clock-years-back',
    what: 'the clock is ten years behind at the start',
    start: -tenYears,
    says: behind,
  },
  {
    id: 'clock-years-ahead',
    what: 'the clock is ten years ahead at the start',
    start: tenYears,
    says: waits,
  },
  // Told within ten seconds.
  { id: 'clock-steps-back', what: 'the clock is set back by an hour', start: 0, later: -hour, says: set },
  {
    id: 'clock-steps-ahead',
    what: 'the clock is set ten years ahead',
    start: 0,
    later: tenYears,
    says: waits,
    isShort: true,
  },
]
