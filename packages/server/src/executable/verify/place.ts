import { randomBytes } from 'node:crypto'
import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StartError } from '../../errors.ts'
import { folderPath } from '../../stores/embedded/folder-path.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import type { Store } from '../../stores/store.ts'

/** What names a place to another process. */
export type Address =
  | { readonly kind: 'folder'; readonly path: string }
  | { readonly kind: 'mongo'; readonly url: string; readonly database: string }

/** Something that is checked before the store's cases. @throws where it is not so */
export interface Check {
  readonly title: string
  run(): Promise<void>
}

/** Where the cases keep what they store: a place of its own, which is removed at the end. */
export interface Place {
  /** The name of what is removed at the end. */
  readonly name: string
  /** Whether several servers may use it at once. */
  readonly isShared: boolean
  /** What a reader wants to know of it, line by line. */
  facts(): Promise<string[]>
  readonly checks: readonly Check[]
  /** A place with nothing in it. */
  empty(): Promise<Address>
  remove(): Promise<void>
}

/** The default of a server is shorter; here it is not asked how fast a store is. */
const deadlineMs = 10_000

/** Opens a place as a server would. */
export async function openAt(address: Address): Promise<Store> {
  if (address.kind === 'folder') return embeddedStore({ path: address.path, deadlineMs })
  const { mongoStore } = await import('../../stores/mongo/index.ts')
  return mongoStore({ url: address.url, database: address.database, deadlineMs })
}

/** A name that nobody has. */
export function newName(): string {
  return `dowellchat-verify-${randomBytes(6).toString('hex')}`
}

/** A folder inside a folder, as `file:` or as a path. */
export function folderPlace(store: string): Place {
  const parent = store.startsWith('file:') ? fileURLToPath(store) : folderPath(store)
  if (!statSync(parent, { throwIfNoEntry: false })?.isDirectory())
    throw new StartError(`--store ${store}: there is no such folder`)
  const name = join(parent, newName())
  let cases = 0
  return {
    name,
    isShared: false,
    facts: async () => [`Store: SQLite in ${parent}`],
    checks: [],
    async empty() {
      cases += 1
      const path = join(name, `${cases}`)
      mkdirSync(path, { recursive: true })
      return { kind: 'folder', path }
    },
    async remove() {
      rmSync(name, { recursive: true, force: true })
    },
  }
}
