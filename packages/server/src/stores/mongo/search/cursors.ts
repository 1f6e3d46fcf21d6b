import * as z from 'zod/mini'
import { readJson } from '../../../search/content.ts'
import { termsVersion } from '../../../search/terms.ts'
import { fitting } from '../../page-text.ts'
import { type Behind, mostKnown, type StreamKey, type StreamStore } from '../../store.ts'
import type { Deadlines } from '../deadlines.ts'
import { inLanes } from '../lanes.ts'
import type { EntryDocument, Logs } from '../logs.ts'
import type { Pendings } from '../pending.ts'
import { above, oneOf, upTo, within } from '../where.ts'
import type { SearchRows } from './rows.ts'
import type { Words } from './words.ts'

const entriesPerCall = 200
const lettersPerCall = 200_000
/** A call begins with no further stream after this share of its deadline. */
const indexingShare = 0.25

export interface CursorParts {
  readonly deadlines: Pick<Deadlines, 'end'>
  readonly rows: SearchRows
  readonly words: Words
  readonly logs: Pick<Logs, 'entries' | 'streams'>
  readonly settled: Pendings['settled']
  readonly grown: StreamStore['grown']
}

/** How far the streams are indexed. */
export interface Cursors {
  index(keys: readonly StreamKey[]): Promise<StreamKey[]>
  behind(workspaceId: string, from: string | null): Promise<Behind>
}

type Entry = Pick<EntryDocument, '_id' | 'seq' | 'author' | 'text' | 'type'>

/** What the index needs of changes and deletions. */
const Edit = z.object({ change: z.literal('edited'), target: z.int() })
const Removing = z.object({ targets: z.array(z.int()) })

const read = ['_id', 'seq', 'author', 'text', 'type'] as const

export function mongoCursors({ deadlines, rows, words, logs, settled, grown }: CursorParts): Cursors {
  const { cursors, searched } = rows
  const { entries, streams } = logs

  /** Does in the index what entries say, as the messages are now. */
  async function follow({ workspace_id, stream }: StreamKey, some: readonly Entry[]): Promise<void> {
    const key = { workspace_id, stream }
    const here = new Map(some.map((entry) => [entry.seq, entry]))
    const edited = some.flatMap(editedSeq).filter((seq) => !here.has(seq))
    const removed = some.flatMap(removedSeqs)
    const elsewhere = [...new Set([...edited, ...removed])].filter((seq) => !here.has(seq))
    const others = elsewhere.length === 0 ? [] : await at(key, elsewhere)
    const all = [...some.filter(isMessage), ...others.filter(isMessage)]
    const gone = new Set(removed)
    await words.put(
      key,
      all.filter(({ seq }) => !gone.has(seq)),
    )
    if (gone.size > 0)
      await words.remove(
        key,
        all.filter(({ seq }) => gone.has(seq)),
      )
  }

  function at({ workspace_id, stream }: StreamKey, seqs: readonly number[]): Promise<Entry[]> {
    return entries.find({ workspace_id, stream, seq: oneOf(seqs) }, { fields: read })
  }

  /** Answers whether there is more. */
  async function indexSome(key: StreamKey): Promise<boolean> {
    const log = await settled(key)
    if (!log) return false
    const { workspace_id, stream } = key
    const cursor = await cursors.get({ workspace_id, _id: log.epoch }, ['_id', 'seq', 'made_by'])
    const from = Math.max(cursor?.seq ?? 0, log.pruned.seq)
    if (from >= log.head.seq) return false
    if (cursor) await words.mix(workspace_id, cursor)
    const seq = within(from + 1, from + entriesPerCall)
    const found = await entries.find({ workspace_id, stream, seq }, { fields: read, sort: { seq: 1 } })
    const fits = fitting(lettersPerCall)
    // A damaged entry may have no text.
    const some = found.filter(({ text }) => fits(String(text).length))
    await follow(key, some)
    const to = some.at(-1)?.seq ?? log.head.seq
    const _id = log.epoch
    // Another server may have been faster.
    if (cursor) await cursors.change({ workspace_id, _id, seq: upTo(to) }, { $set: { seq: to } })
    else if ((await cursors.insert([{ _id, workspace_id, stream, seq: to, made_by: termsVersion }])) === 0) {
      const faster = await cursors.get({ workspace_id, _id }, ['_id', 'made_by'])
      if (faster) await words.mix(workspace_id, faster)
    }
    return to < log.head.seq
  }

  /** Takes a stream out of the index whose terms another version has made. */
  async function begin(workspace_id: string, stream: string): Promise<void> {
    await cursors.remove({ workspace_id, stream })
    await searched.remove({ workspace_id, stream })
  }

  return {
    async index(keys) {
      const until = deadlines.end(indexingShare)
      const left: StreamKey[] = []
      await inLanes(keys, async (key) => {
        if (performance.now() > until || (await indexSome(key))) left.push(key)
      })
      return left
    },

    async behind(workspace_id, from) {
      const some = await streams.find(
        { workspace_id, stream: above(from ?? '') },
        { fields: ['_id', 'stream', 'pruned_seq'], sort: { stream: 1 }, limit: mostKnown },
      )
      const ids = oneOf(some.map(({ _id }) => _id))
      const found = await cursors.find({ workspace_id, _id: ids })
      const others = found.filter(({ made_by }) => made_by !== termsVersion)
      for (const { stream } of others) await begin(workspace_id, stream)
      const seqs = new Map(found.filter((one) => !others.includes(one)).map(({ _id, seq }) => [_id, seq]))
      const known = some.map(({ _id, stream, pruned_seq }) => ({
        workspace_id,
        stream,
        seq: Math.max(seqs.get(_id) ?? 0, pruned_seq),
      }))
      const behind = known.length === 0 ? [] : await grown(known)
      return {
        streams: behind.map(({ stream }) => stream),
        next: some.length < mostKnown ? null : (some.at(-1)?.stream ?? null),
      }
    },
  }
}

function isMessage({ type }: Entry): boolean {
  return type === null
}

/** The message that an edit has changed; none where the entry is damaged. */
function editedSeq({ type, text }: Entry): number[] {
  if (type !== 'change') return []
  const { data } = z.safeParse(Edit, readJson(text))
  return data ? [data.target] : []
}

function removedSeqs({ type, text }: Entry): readonly number[] {
  if (type !== 'deletion') return []
  return z.safeParse(Removing, readJson(text)).data?.targets ?? []
}
