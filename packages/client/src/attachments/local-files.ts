import type { FileBytes } from './pending-state.ts'

/** Files that this client has uploaded: they need not be fetched to be shown. */
export interface LocalFiles {
  readonly put: (uploadId: string, file: FileBytes) => void
  readonly get: (uploadId: string) => FileBytes | undefined
}

const mostFiles = 50
const mostBytes = 100 * 1_048_576

/** Keeps the last ones, up to a number and a size. */
export function createLocalFiles(): LocalFiles {
  const files = new Map<string, FileBytes>()
  let bytes = 0

  function remove(id: string): void {
    bytes -= files.get(id)?.size ?? 0
    files.delete(id)
  }

  return {
    put(id, file) {
      remove(id)
      if (file.size > mostBytes) return
      files.set(id, file)
      bytes += file.size
      for (const oldest of files.keys()) {
        if (files.size <= mostFiles && bytes <= mostBytes) break
        remove(oldest)
      }
    },
    get: (id) => files.get(id),
  }
}
