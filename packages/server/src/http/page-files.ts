import { constants } from 'node:fs'
import { open, realpath, stat } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, gzip, constants as zlib } from 'node:zlib'
import { LRUCache } from 'lru-cache'
import { lookup } from 'mrmime'

type Encoding = 'br' | 'gzip' | undefined

/** A file as it is sent. */
export interface PageFile {
  /** In the folder, with a slash at its beginning. */
  readonly path: string
  /** On the disk. */
  readonly place: string
  readonly type: string
  readonly etag: string
  readonly encoding: Encoding
  readonly size: number
  /** Undefined if it is read while it is sent. */
  readonly body: Buffer | undefined
}

/** A file on the disk, in one of its versions. */
interface Source {
  readonly place: string
  readonly size: number
  readonly version: string
}

const cacheBytes = 64 * 1024 * 1024
/** Larger ones are neither kept nor compressed. */
const mostKeptBytes = 8 * 1024 * 1024
/** Smaller ones gain nothing. */
const leastCompressedBytes = 1_024
const compressible = /^text\/|[/+](?:json|javascript|xml|wasm)$|^application\/manifest/

/** Takes a tenth of the time of the best quality, for three parts in a hundred more. */
const brotliQuality = 9

const toBrotli = promisify(brotliCompress)
const toGzip = promisify(gzip)

/** The files of a folder, each of which is read and compressed once for each of its versions. */
export class PageFiles {
  readonly #folder: string
  readonly #bodies = new LRUCache<string, Buffer, { source: Source; encoding: Encoding }>({
    maxSize: cacheBytes,
    // The key and the entry itself take some.
    sizeCalculation: ({ length }, key) => length + 2 * key.length + 100,
    fetchMethod: (_key, _stale, { context: { source, encoding } }) => load(source, encoding),
  })

  constructor(folder: string) {
    this.#folder = folder
  }

  /** The file for a request's path; undefined if there is none. Rejects if it cannot be read. */
  async find(path: string, accepted = ''): Promise<PageFile | undefined> {
    for (const name of namesFor(path)) {
      const source = await this.#sourceOf(name)
      if (source) return this.#fileOf(name, source, accepted)
    }
    return undefined
  }

  async #fileOf(name: string, source: Source, accepted: string): Promise<PageFile> {
    const { place, size, version } = source
    const type = lookup(name) ?? 'application/octet-stream'
    const file = {
      ...{ path: `/${name}`, place, size, etag: `W/"${version}"`, encoding: undefined, body: undefined },
      type: type.startsWith('text/') ? `${type}; charset=utf-8` : type,
    }
    if (size > mostKeptBytes) return file
    const plain = await this.#bodyOf(source, undefined)
    const isWorthIt = plain.length >= leastCompressedBytes && compressible.test(type)
    const encoding = isWorthIt ? encodingOf(accepted) : undefined
    const body = encoding ? await this.#bodyOf(source, encoding) : plain
    return body.length < plain.length
      ? { ...file, encoding, body, size: body.length }
      : { ...file, body: plain, size: plain.length }
  }

  async #bodyOf(source: Source, encoding: Encoding): Promise<Buffer> {
    const key = `${encoding}\n${source.version}\n${source.place}`
    const body = await this.#bodies.fetch(key, { context: { source, encoding } })
    return body as Buffer
  }

  /** Where a file really is. Links out of the folder, and to what is hidden in it, lead nowhere. */
  async #sourceOf(name: string): Promise<Source | undefined> {
    try {
      const [folder, place] = await Promise.all([realpath(this.#folder), realpath(join(this.#folder, name))])
      const inside = relative(folder, place)
      if (inside.split(sep).some((part) => part === '' || part.startsWith('.'))) return undefined
      const { size, mtimeMs, ino, isFile } = await statOf(place)
      return isFile ? { place, size, version: [size, mtimeMs, ino].map(toText).join('-') } : undefined
    } catch {
      return undefined
    }
  }
}

async function statOf(place: string) {
  const stats = await stat(place)
  return { size: stats.size, mtimeMs: stats.mtimeMs, ino: stats.ino, isFile: stats.isFile() }
}

function toText(value: number): string {
  return Math.floor(value).toString(36)
}

/** The files that may answer a path: of that name, a page without its ending, or a folder's index. */
function namesFor(path: string): string[] {
  const parts = path.split('/').slice(1).map(decoded)
  const last = parts.pop()
  const isPlain = (part: string | undefined): part is string => !!part && !/^\.|[/\\\0]/.test(part)
  if (last === undefined || !parts.every(isPlain)) return []
  const folder = parts.map((part) => `${part}/`).join('')
  if (last === '') return [`${folder}index.html`]
  return isPlain(last) ? ['', '.html', '/index.html'].map((ending) => folder + last + ending) : []
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

/** The best encoding that a client accepts. */
function encodingOf(accepted: string): Encoding {
  const names = accepted.split(',').flatMap((part) => {
    const [name = '', ...parameters] = part.split(';').map((one) => one.trim().toLowerCase())
    return parameters.some((one) => /^q=0(?:\.0*)?$/.test(one)) ? [] : [name]
  })
  return names.includes('br') ? 'br' : names.includes('gzip') ? 'gzip' : undefined
}

async function load({ place, size }: Source, encoding: Encoding): Promise<Buffer> {
  const body = await read(place)
  if (encoding === 'gzip') return toGzip(body, { level: 9 })
  if (encoding !== 'br') return body
  const params = { [zlib.BROTLI_PARAM_QUALITY]: brotliQuality, [zlib.BROTLI_PARAM_SIZE_HINT]: size }
  return toBrotli(body, { params })
}

/** Opens no link that has just taken the file's place, and waits for nobody at the other end of a pipe. */
async function read(place: string): Promise<Buffer> {
  const file = await open(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    return await file.readFile()
  } finally {
    await file.close()
  }
}
