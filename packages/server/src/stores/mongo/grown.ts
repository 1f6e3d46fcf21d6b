import type { KnownEnd, StreamKey, StreamStore } from '../store.ts'
import type { EntryDocument, Logs } from './logs.ts'
import type { Where } from './where.ts'

/** How many are under way at once where each is asked for alone. */
const lanes = 8

/**
 * Looks for the entry after each known one. All together, each a lookup in the index; a server that would read the whole
 * collection for that, as its plan says, is asked for one after the other.
 */
export function mongoGrown({ entries }: Pick<Logs, 'entries'>): StreamStore['grown'] {
  let planned: Promise<boolean> | undefined

  async function looksUpAll(): Promise<boolean> {
    const two = ['one', 'other'].map((stream) => nextOf({ workspace_id: '', stream, seq: 0 }))
    planned ??= entries.usesIndexes(two)
    return planned.catch((error: unknown) => {
      planned = undefined
      throw error
    })
  }

  async function askEach(known: readonly KnownEnd[]): Promise<StreamKey[]> {
    const found: StreamKey[] = []
    const left = known[Symbol.iterator]()
    const lane = async (): Promise<void> => {
      for (const { workspace_id, stream, seq } of left)
        if (await entries.get(nextOf({ workspace_id, stream, seq }), ['seq']))
          found.push({ workspace_id, stream })
    }
    await Promise.all(Array.from({ length: lanes }, lane))
    return found
  }

  return async (known) => {
    if (known.length > 1 && (await looksUpAll()))
      return entries.findAny(known.map(nextOf), ['workspace_id', 'stream'])
    return askEach(known)
  }
}

function nextOf({ workspace_id, stream, seq }: KnownEnd): Where<EntryDocument> {
  return { workspace_id, stream, seq: seq + 1 }
}
