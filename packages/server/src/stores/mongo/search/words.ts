import type { Message } from '@dowellchat/protocol'
import { termsOfMessage } from '../../../search/content.ts'
import type { StreamKey } from '../../store.ts'
import type { EntryDocument } from '../logs.ts'
import type { Rows } from '../rows.ts'
import { type PlacesOf, termIn } from './places.ts'
import type { SearchedDocument, SearchRows } from './rows.ts'

/** What the index needs of a message's row. */
export type IndexedEntry = Pick<EntryDocument, '_id' | 'seq' | 'author' | 'text'>

/** Puts messages into the index. What is older than what is there changes nothing, so several servers may put one. */
export interface Words {
  /** As the rows are now. */
  put(key: StreamKey, rows: readonly IndexedEntry[]): Promise<void>
  /** Takes messages out for good: whoever has read one before finds that it is gone. */
  remove(key: StreamKey, rows: readonly IndexedEntry[]): Promise<void>
  /** Whether a stream is in the index. */
  has(key: StreamKey): Promise<boolean>
}

/** Higher than any seq. */
const removedVersion = Number.MAX_SAFE_INTEGER

export function mongoWords({ searched, cursors }: SearchRows, placesOf: PlacesOf): Words {
  async function write(rows: Rows<SearchedDocument>, documents: readonly SearchedDocument[]): Promise<void> {
    await rows.putNewer(documents, 'version')
  }

  return {
    async put({ workspace_id, stream }, rows) {
      const places = await placesOf({ workspace_id, stream })
      const documents = rows.flatMap(({ _id, seq, author, text }): SearchedDocument[] => {
        const message = readMessage(text)
        const terms = message ? termsOfMessage(message) : []
        const version = message?.version ?? seq
        // One that never had terms need not be there; one that had must lose them.
        if (terms.length === 0 && version === seq) return []
        const placed = places.flatMap((place) => terms.map((term) => termIn(place, term)))
        return [{ _id, workspace_id, stream, seq, author, version, terms: placed }]
      })
      await write(searched, documents)
    },

    async remove({ workspace_id, stream }, rows) {
      const gone = { workspace_id, stream, author: '', version: removedVersion, terms: [] }
      await write(
        searched,
        rows.map(({ _id, seq }) => ({ _id, seq, ...gone })),
      )
    },

    async has({ workspace_id, stream }) {
      return (await cursors.get({ workspace_id, stream }, ['seq'])) !== undefined
    },
  }
}

/** Undefined where it is damaged. */
function readMessage(text: string): Message | undefined {
  try {
    // The text is a message's that the store has made.
    return JSON.parse(text) as Message
  } catch {
    return undefined
  }
}
