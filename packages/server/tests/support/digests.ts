import { openPortable } from '../../src/executable/commands/portable-at.ts'
import { collections } from '../../src/stores/portable.ts'
import { type Digest, digestOf } from '../../src/stores/portable-digest.ts'

/** The digest of every collection, read from the data folder or database itself, whatever a command says. */
export async function digestsOf(store: string, workspaceId: string): Promise<Record<string, Digest>> {
  const portable = await openPortable(store, { mustExist: true })
  try {
    const read: Record<string, Digest> = {}
    for (const collection of collections) read[collection] = await digestOf(portable, workspaceId, collection)
    return read
  } finally {
    await portable.close()
  }
}
