import type { Message } from '@dowellchat/protocol'
import { RequestError } from '../errors.ts'
import type { Trace } from '../logger.ts'
import { messageOf } from '../stores/message.ts'
import type { Appended, MessageDraft, Placed, StreamKey } from '../stores/store.ts'
import type { NewEntry } from './broadcaster.ts'
import { Encoded } from './encoded.ts'

/** A message to append, or why it is refused. */
export type DraftResult = MessageDraft | RequestError

/** Drafts, or a function that creates them when their turn comes: it may read the store, refuse some of them, or all. */
export type DraftSource = readonly DraftResult[] | (() => Promise<readonly DraftResult[]>)

export interface Sent {
  readonly message: Encoded<Message>
  readonly placed: Placed
  /** False for a repeated cid. */
  readonly created: boolean
}

/** What became of one draft. */
export type SentResult = Sent | RequestError

export interface Append {
  readonly drafts: DraftSource
  /** How many drafts there will be. */
  readonly count: number
  readonly resolve: (results: SentResult[]) => void
  readonly reject: (error: unknown) => void
}

/** An append that has its drafts. */
interface Ready extends Append {
  readonly drafts: readonly DraftResult[]
}

function isReady(append: Append): append is Ready {
  return typeof append.drafts !== 'function'
}

export function isDraft(one: DraftResult): one is MessageDraft {
  return !(one instanceof RequestError)
}

/** Creates the missing drafts; rejects the appends whose drafts are refused. */
export async function draftAll(batch: readonly Append[]): Promise<readonly Ready[]> {
  if (batch.every(isReady)) return batch
  const drafts = await Promise.allSettled(
    batch.map(({ drafts }) => (typeof drafts === 'function' ? drafts() : drafts)),
  )
  return batch.flatMap((append, at) => {
    const result = drafts[at] as PromiseSettledResult<readonly DraftResult[]>
    if (result.status === 'fulfilled') return [{ ...append, drafts: result.value }]
    append.reject(result.reason)
    return []
  })
}

export function traceAppends(
  trace: Trace,
  { stream, workspace_id: workspace }: StreamKey,
  drafts: readonly MessageDraft[],
  appended: readonly Appended[],
): void {
  for (const [at, { cid }] of drafts.entries()) {
    const one = appended[at]
    const outcome =
      one && 'placed' in one
        ? { seq: one.placed.seq, outcome: one.created ? 'created' : 'repeated' }
        : { outcome: 'conflict' }
    trace({ stream, cid, ...outcome, workspace }, 'append')
  }
}

/** Answers every sender. Returns the messages that are in the stream: new ones, and those of repeated cids. */
export function settleAll(
  key: StreamKey,
  ready: readonly Ready[],
  appended: readonly Appended[],
): NewEntry[] {
  const placed: NewEntry[] = []
  let at = 0
  for (const { drafts, resolve } of ready) {
    const results = drafts.map((draft): SentResult => {
      if (!isDraft(draft)) return draft
      const one = appended[at++]
      if (!one || 'conflict' in one)
        return new RequestError('conflict', `cid: ${draft.cid} has been used for another message`)
      placed.push({ entry: entryOf(draft, one, key.stream), text: one.text, sid: draft.sid })
      return { message: new Encoded(one.text), placed: one.placed, created: one.created }
    })
    resolve(results)
  }
  return placed
}

/** The message that is in the log. A repeated one may have been changed since, and a reply may quote nothing. */
function entryOf(
  draft: MessageDraft,
  { created, placed, text }: Extract<Appended, { readonly text: string }>,
  stream: string,
): Message {
  const isAsSent = created && draft.quote === undefined
  // The text is a message's that the store has made.
  return isAsSent ? messageOf(draft, placed, stream) : (JSON.parse(text) as Message)
}
