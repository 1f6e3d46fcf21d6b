import { type Entry, streamOwner } from '@dowellchat/protocol'
import type { DeliveryRow, StoredEntry, StreamKey, StreamStore } from '../stores/store.ts'
import { digestOf } from './digest.ts'
import { failedBy } from './failed.ts'
import type { Follower, Outcome } from './follower.ts'
import type { Webhook } from './options.ts'
import type { Post } from './post.ts'

type Streams = Pick<StreamStore, 'entries' | 'madeBefore'>

interface Read {
  readonly epoch: string
  readonly entries: readonly StoredEntry[]
  /** After which seq they come. */
  readonly after: number
}

/** Posts the entries of streams to a webhook, those of each stream in their order. */
export function entriesFollower(webhook: Webhook, post: Post, streams: Streams): Follower {
  return {
    id: webhook.id,
    delayMs: 0,
    hasWorkspace: (workspaceId) => webhook.workspaces?.has(workspaceId) ?? true,
    follows(workspaceId, stream) {
      const { kind } = streamOwner(stream)
      return kind !== null && webhook.streams.has(kind) && this.hasWorkspace(workspaceId)
    },

    async deliver(workspace_id, row): Promise<Outcome> {
      const key = { workspace_id, stream: row.stream }
      const { epoch, entries, after } = await unsent(key, row, streams)
      const last = placeOf(entries.at(-1))
      const seq = last?.seq ?? after
      if (!last) return { done: { epoch: epoch === '' ? null : epoch, seq, isAll: true } }
      // A log that was restored gives a seq again, and no entry's id.
      const id = eventId('entries', webhook.id, workspace_id, row.stream, epoch, after, seq, last._id)
      const head = { type: 'entries', id, workspace_id, stream: row.stream, epoch }
      const posted = await post(id, `${JSON.stringify(head).slice(0, -1)},"entries":[${textsOf(entries)}]}`)
      return posted.ok ? { done: { epoch, seq } } : failedBy(posted)
    },
  }
}

/** The entries that a row's consumer does not have yet, as they are now. */
async function unsent(key: StreamKey, { seq, epoch, since }: DeliveryRow, streams: Streams): Promise<Read> {
  const begin = () => streams.madeBefore(key, since)
  const after = seq ?? (await begin())
  const read = await streams.entries(key, after)
  if (epoch === null || read.epoch === epoch || read.epoch === '') return { ...read, after }
  // Another log has taken the place of the one whose entries it has.
  const first = await begin()
  return { ...(await streams.entries(key, first)), after: first }
}

function placeOf(entry: StoredEntry | undefined): Pick<Entry, '_id' | 'seq'> | undefined {
  // Stores create the text from an entry.
  return entry && (JSON.parse(entry.text) as Entry)
}

function textsOf(entries: readonly StoredEntry[]): string {
  return entries.map(({ text }) => text).join(',')
}

/** The id of what is posted: the same however often it is. */
export function eventId(...parts: readonly (string | number)[]): string {
  return `evt_${digestOf(...parts)}`
}
