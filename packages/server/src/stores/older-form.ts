import { StoreOpenError } from './store.ts'

/** Why a store of an older version is not used as it is, and what to do. */
export function olderForm(name: string, version: number, known: number): StoreOpenError {
  return new StoreOpenError(
    `${name} was written by an older version (${version}, this one knows ${known}): back it up and start a server of this version once, which brings it up to date, or run this in the version that wrote it`,
  )
}
