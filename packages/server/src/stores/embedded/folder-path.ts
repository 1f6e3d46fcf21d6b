import { resolve } from 'node:path'
import { StoreOpenError } from '../store.ts'

/**
 * The path of a data folder. @throws StoreOpenError for the URL of something else, which could be the name of a folder: it is
 * shown without what may be a password
 */
export function folderPath(path: string): string {
  const [url] = /^[a-z][a-z\d+.-]+:\/\//i.exec(path) ?? []
  if (url === undefined) return resolve(path)
  throw new StoreOpenError(
    `${url}… is no store: name a data folder, or a MongoDB by a URL that begins with mongodb:// or mongodb+srv:// (for a server: MONGODB_URI)`,
  )
}
