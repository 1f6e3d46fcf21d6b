import { inTurn } from '../../../queues/shared-turns.ts'
import { readIndexable, termsOfMessage } from '../../../search/content.ts'
import { termsVersion } from '../../../search/terms.ts'
import type { StreamKey } from '../../store.ts'
import type { EntryDocument } from '../logs.ts'
import type { Rows } from '../rows.ts'
import { type PlacesOf, termIn } from './places.ts'
import type { CursorDocument, SearchedDocument, SearchRows } from './rows.ts'

/** What the index needs of a message's row. */
export type IndexedEntry = Pick<EntryDocument, '_id' | 'seq' | 'author' | 'text'>

/** Puts messages into the index. What is older than what is there changes nothing, so several servers may put one. */
export interface Words {
  /** As the rows are now. */
  put(key: StreamKey, rows: readonly IndexedEntry[]): Promise<void>
  /** Takes messages out for good: whoever has read one before finds that it is gone. */
  remove(key: StreamKey, rows: readonly IndexedEntry[]): Promise<void>
  /** Whether a stream is in the index. Call it before something of it is put. */
  has(key: StreamKey): Promise<boolean>
  /** Notes where a stream that another version has indexed gets messages of this one's terms. */
  mix(workspaceId: string, cursor: Pick<CursorDocument, '_id' | 'made_by'>): Promise<void>
}

/** What a cursor says whose stream has terms of several versions: the one that is left indexes all of it anew. */
const severalVersions = 'several'

/** Higher than any seq. */
const removedVersion = Number.MAX_SAFE_INTEGER

export function mongoWords({ searched, cursors }: SearchRows, placesOf: PlacesOf): Words {
  async function write(rows: Rows<SearchedDocument>, documents: readonly SearchedDocument[]): Promise<void> {
    await rows.putNewer(documents, 'version')
  }

  async function mix(
    workspace_id: string,
    { _id, made_by }: Pick<CursorDocument, '_id' | 'made_by'>,
  ): Promise<void> {
    if (made_by === termsVersion || made_by === severalVersions) return
    await cursors.change({ workspace_id, _id }, { $set: { made_by: severalVersions } })
  }

  return {
    async put({ workspace_id, stream }, rows) {
      const places = await placesOf({ workspace_id, stream })
      const documents: SearchedDocument[] = []
      for (const { _id, seq, author, text } of rows) {
        const message = readIndexable(text)
        const terms = message ? await inTurn(() => termsOfMessage(message)) : []
        const version = message?.version ?? seq
        // One that never had terms need not be there; one that had must lose them.
        if (terms.length === 0 && version === seq) continue
        const placed = places.flatMap((place) => terms.map((term) => termIn(place, term)))
        documents.push({ _id, at: _id, workspace_id, stream, seq, author, version, terms: placed })
      }
      await write(searched, documents)
    },

    async remove({ workspace_id, stream }, rows) {
      const gone = { workspace_id, stream, author: '', version: removedVersion, terms: [] }
      await write(
        searched,
        rows.map(({ _id, seq }) => ({ _id, at: _id, seq, ...gone })),
      )
    },

    async has({ workspace_id, stream }) {
      const cursor = await cursors.get({ workspace_id, stream }, ['_id', 'made_by'])
      if (cursor) await mix(workspace_id, cursor)
      return cursor !== undefined
    },

    mix,
  }
}
