import { randomBytes, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { type FileHandle, link, mkdir, open, readdir, readFile, rm, stat, unlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { dateNow } from '../../time.ts'
import type { FileKey, FileStart } from '../attachment-store.ts'

const incoming = '.incoming'
const secretFile = '.secret'
/** Old ones are of servers that were killed. */
const oldMs = 24 * 60 * 60 * 1_000

/** The files of a folder, each written to a temporary file first, and never replaced. */
export class FilePlaces {
  readonly #folder: string

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Makes the folder, and removes what killed servers have left in it. */
  async open(): Promise<void> {
    const place = join(this.#folder, incoming)
    await makeMissing(place)
    for (const name of await readdir(place)) {
      const file = join(place, name)
      const { mtimeMs } = await stat(file).catch(() => ({ mtimeMs: dateNow() }))
      if (dateNow() - mtimeMs > oldMs) await rm(file, { force: true })
    }
  }

  /** The secret of all servers that share the folder: the first of them makes it. */
  async secret(): Promise<string> {
    const place = join(this.#folder, secretFile)
    const part = `${place}.${randomUUID()}`
    const file = await open(part, 'wx', 0o600)
    try {
      await file.writeFile(randomBytes(32).toString('hex'))
      await file.sync()
    } finally {
      await file.close()
    }
    // Fails where there is one already, which then is the secret.
    await link(part, place)
      .catch(expectTaken)
      .finally(() => unlink(part))
    return readFile(place, 'utf8')
  }

  async has(key: FileKey): Promise<boolean> {
    return stat(this.#placeOf(key)).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return false
        throw error
      },
    )
  }

  /** A new temporary file. */
  async begin(): Promise<Incoming> {
    const place = join(this.#folder, incoming, randomUUID())
    return new Incoming(place, await open(place, 'wx', 0o600))
  }

  /** Puts a temporary file in its place; false where the file is there already. */
  async keep(key: FileKey, file: Incoming): Promise<boolean> {
    await file.sync()
    const place = this.#placeOf(key)
    await mkdir(dirname(place), { recursive: true, mode: 0o700 })
    const isNew = await link(file.place, place).then(() => true, expectTaken)
    await file.discard()
    if (isNew) await syncFolder(dirname(place))
    return isNew
  }

  /** Opens no link that has taken the file's place. Undefined where there is none. */
  async read(key: FileKey): Promise<FileHandle | undefined> {
    try {
      return await open(this.#placeOf(key), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  }

  async look(key: FileKey, bytes: number): Promise<FileStart | null> {
    const file = await this.read(key)
    if (!file) return null
    try {
      const { size } = await file.stat()
      const { buffer, bytesRead } = await file.read(Buffer.alloc(Math.min(bytes, size)), 0, undefined, 0)
      // What does not have the SHA-256 that was given is refused when it arrives.
      return { size, first: buffer.subarray(0, bytesRead), hasSha256: true }
    } finally {
      await file.close()
    }
  }

  async remove(key: FileKey): Promise<void> {
    await rm(this.#placeOf(key), { force: true })
  }

  /** By the last characters of the id, which are random: no folder becomes large. */
  #placeOf({ workspace_id, upload_id }: FileKey): string {
    // The dots: no part is a way out of the folder.
    const parts = [workspace_id, upload_id.slice(-2), upload_id].map((part) =>
      encodeURIComponent(part).replaceAll('.', '%2E'),
    )
    return join(this.#folder, ...parts)
  }
}

/** A file that is being written, which nobody reads. */
export class Incoming {
  readonly place: string
  readonly #file: FileHandle
  #isClosed = false

  constructor(place: string, file: FileHandle) {
    this.place = place
    this.#file = file
  }

  async write(chunk: Uint8Array): Promise<void> {
    for (let at = 0; at < chunk.length; ) at += (await this.#file.write(chunk, at)).bytesWritten
  }

  async sync(): Promise<void> {
    await this.#file.sync()
  }

  /** Leaves nothing of it; repeating it does no harm. */
  async discard(): Promise<void> {
    if (this.#isClosed) return
    this.#isClosed = true
    await this.#file.close()
    await rm(this.place, { force: true })
  }
}

function expectTaken(error: NodeJS.ErrnoException): false {
  if (error.code !== 'EEXIST') throw error
  return false
}

/** One by one: where the system has no folders of ours, as below /proc, mkdir with `recursive` never returns. */
async function makeMissing(folder: string): Promise<void> {
  const make = () => mkdir(folder, { mode: 0o700 }).catch(expectTaken)
  try {
    await make()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || folder === dirname(folder)) throw error
    await makeMissing(dirname(folder))
    await make()
  }
}

/** A new name is on the disk once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
