import type { Message, Page, Position } from '@dowellchat/protocol'
import { RequestError } from '../errors.ts'
import type { Trace } from '../logger.ts'
import { BatchQueues, turn } from '../queues/batch-queues.ts'
import { isUnavailable, lateMs } from '../stores/is-unavailable.ts'
import {
  type Appended,
  type AppendTurns,
  type ChangeDraft,
  type ChangeOutcome,
  type KnownEnd,
  type MessageDraft,
  type Pruned,
  type Removal,
  type StreamKey,
  type StreamStore,
  streamId,
} from '../stores/store.ts'
import {
  type Append,
  type DraftSource,
  draftAll,
  isDraft,
  type Sent,
  type SentResult,
  settleAll,
  traceAppends,
} from './appends.ts'
import { type Broadcast, Broadcaster } from './broadcaster.ts'
import type { Subscriber } from './connection.ts'
import { Encoded } from './encoded.ts'
import { HintedHeads } from './hinted-heads.ts'
import type { Hints } from './hints.ts'
import { StreamEnds } from './stream-ends.ts'
import { defaultEntries, defaultMessages, expectPage, type PageStart, StreamPages } from './stream-pages.ts'

export type { DraftResult, SentResult } from './appends.ts'

/** Before, after or around which message: its nth. */
export type PagePlace =
  | { readonly before: number }
  | { readonly following: number }
  | { readonly around: number }

const mostDoubted = 10_000
/** How long after one look for it there is another. */
const doubtedMs = 3_000

/** Where a stream ended before a write that was not answered. */
interface Doubted extends KnownEnd {
  /** Until when it is looked for; set once the store could be read. */
  until?: number
}

interface StreamsOptions {
  readonly trace?: Trace | undefined
  /** Whether other servers may append; default true. */
  readonly isShared?: boolean
  /** Missing where no other server can share the store. */
  readonly turns?: AppendTurns | undefined
  /** How many streams are followed that no socket of this server is subscribed to. */
  readonly mostUnheard?: number | undefined
}

/**
 * The ordered logs behind rooms and tickets. Each stream has one serial queue on this node: the requests of one socket
 * keep their order, a new subscriber misses no entry and gets none twice, and entries are broadcast in seq order once
 * they are durable.
 */
export class Streams {
  readonly #store: StreamStore
  readonly #hints: Hints
  readonly #broadcaster: Broadcaster
  readonly #trace: Trace | undefined
  readonly #isShared: boolean
  readonly #turns: AppendTurns | undefined
  /** How far this node has broadcast the streams. */
  readonly ends: StreamEnds
  readonly #queues = new BatchQueues<StreamKey, Append>(
    streamId,
    (key, batch) => this.#appendBatch(key, batch),
    { sizeOf: ({ count }) => count, wait: (key) => this.#turns?.wait(key) },
  )
  readonly #pages: StreamPages
  readonly #hinted: HintedHeads
  /** Streams of which an append or a change was not answered, so that the log may have it, and where they ended before. */
  readonly #doubted = new Map<string, Doubted>()
  #behind: () => void = () => {}

  constructor(
    store: StreamStore,
    broadcast: Broadcast,
    hints: Hints,
    { trace, isShared = true, turns, mostUnheard }: StreamsOptions = {},
  ) {
    this.#store = store
    this.#hints = hints
    this.#trace = trace
    this.#isShared = isShared
    this.#turns = turns
    const ends = new StreamEnds(mostUnheard)
    this.ends = ends
    this.#hinted = new HintedHeads(
      ends,
      (key, step) => this.#queues.stepFirst(key, step),
      (key, head) => this.#catchUpNow(key, head),
    )
    const onBehind = () => this.#behind()
    const extendAndBroadcast: Broadcast = (key, epoch, entries) => {
      this.#pages.extend(key, epoch, entries)
      return broadcast(key, epoch, entries)
    }
    this.#broadcaster = new Broadcaster({ store, broadcast: extendAndBroadcast, ends, trace, onBehind })
    const level = (key: StreamKey, head: number) => this.#level(key, head)
    this.#pages = new StreamPages({ store, broadcaster: this.#broadcaster, level, ends, isShared })
    hints.listen((key, head) => void this.catchUp(key, head))
  }

  /** Appends a message; resolves when it is durable, before it is broadcast. `created` is false for a repeated cid. */
  async append(key: StreamKey, draft: MessageDraft): Promise<Sent> {
    const [sent] = (await this.appendAll(key, [draft], 1)) as [SentResult]
    if (sent instanceof RequestError) throw sent
    return sent
  }

  /** Appends messages together, in their order; answers what became of each, as `append` does. */
  appendAll(key: StreamKey, drafts: DraftSource, count: number): Promise<SentResult[]> {
    return new Promise((resolve, reject) => this.#queues.add(key, { drafts, count, resolve, reject }))
  }

  /**
   * Reads the stream and adds the subscriber, with nothing in between. `authorise` may refuse. `onMade`: it is a new stream.
   * Those who join together, as after a restart, do so beside each other.
   */
  join(
    key: StreamKey,
    subscriber: Subscriber,
    from: PageStart,
    authorise?: () => Promise<unknown>,
  ): Promise<{ page: Encoded<Page>; joined: boolean }> {
    return this.#queues.stepBeside(key, async () => {
      await authorise?.()
      subscriber.expectRoom(key)
      for (;;) {
        const { page, head } = await this.#pages.open(key, from)
        const end = this.ends.seq(streamId(key))
        // Else more has been broadcast for a join beside this one, or the stream was let go of.
        if (end !== undefined && end <= head) return { page, joined: subscriber.subscribe(key) }
      }
    })
  }

  /**
   * Call it before a socket subscribes to a stream that it does not read: else what other servers append is not looked for.
   * Undefined if the stream is followed already.
   */
  follow(key: StreamKey): Promise<void> | undefined {
    if (this.#broadcaster.follows(key)) return undefined
    return this.#queues.step(key, () => this.#broadcaster.follow(key))
  }

  /** Call it when sockets of this server begin to be subscribed to a stream in one more dialect. */
  heard(key: StreamKey): void {
    if (!this.ends.hear(streamId(key))) this.follow(key)?.catch(() => this.#behind())
  }

  /** Call it when no socket is any more. */
  unheard(key: StreamKey): void {
    this.ends.unhear(streamId(key))
  }

  /** Ends a subscription; answers false if there was none. */
  leave(key: StreamKey, subscriber: Subscriber): Promise<boolean> {
    return this.#queues.step(key, async () => subscriber.unsubscribe(key))
  }

  /** Runs a task when the stream's earlier requests are handled, and before its later ones. */
  inOrder(key: StreamKey, task: () => Promise<void>): Promise<void> {
    return this.#queues.step(key, task)
  }

  /** All messages within bounds. In the queue, because a dialect may subscribe the socket with the answer. */
  messages(
    key: StreamKey,
    max: { entries: number; bytes: number },
    authorise: () => Promise<unknown>,
  ): Promise<Encoded<Message[]>> {
    return this.#queues.step(key, async () => {
      await authorise()
      await this.#broadcaster.follow(key)
      const { text, head } = await this.#store.messages(key, max)
      // Broadcast first what others have appended; a new subscriber would otherwise get it twice.
      if (this.#isShared) await this.#level(key, head)
      return new Encoded<Message[]>(text)
    })
  }

  /** Messages before one, after one, or on both sides of one. */
  async part(key: StreamKey, at: PagePlace, limit: number = defaultMessages): Promise<Encoded<Page>> {
    return expectPage(await this.#store.page(key, { ...at, limit }), key).page
  }

  /** The entries after a position. */
  async after(key: StreamKey, position: Position, limit: number = defaultEntries): Promise<Encoded<Page>> {
    return expectPage(await this.#store.page(key, { after: position, limit }), key).page
  }

  /** Removes a workspace's entries that are older than a time, unless it is stopped on the way; answers how many. */
  async prune(workspaceId: string, before: string, isStopped: () => boolean): Promise<number> {
    let removed = 0
    let from: string | null = null
    try {
      do {
        const pruned: Pruned = await this.#store.prune(workspaceId, before, from)
        removed += pruned.removed
        from = pruned.next
      } while (from !== null && !isStopped())
    } finally {
      // Cached pages may have entries that another node has removed.
      this.#pages.clear()
    }
    return removed
  }

  /**
   * Removes messages, and tells this stream's subscribers; answers the seqs of those that had something to remove.
   * `authorise` may refuse.
   */
  async remove(
    key: StreamKey,
    removal: Removal,
    authorise?: () => Promise<unknown>,
  ): Promise<readonly number[]> {
    const { removed } = await this.#rewrite(key, authorise, () => this.#store.remove(key, removal))
    return removed
  }

  /** Changes a message, and tells this stream's subscribers. `authorise` may refuse, and so may what makes the draft after it. */
  change(
    key: StreamKey,
    draft: ChangeDraft | (() => Promise<ChangeDraft>),
    authorise?: () => Promise<unknown>,
  ): Promise<ChangeOutcome> {
    return this.#rewrite(key, authorise, async () =>
      this.#store.change(key, typeof draft === 'function' ? await draft() : draft),
    )
  }

  /** Takes people out of entries that name them, as the store does. Nothing is broadcast: what others have loaded stays. */
  forget(key: StreamKey, seqs: readonly number[], renamed: Readonly<Record<string, string>>): Promise<void> {
    return this.#queues.step(key, async () => {
      await this.#store.forget(key, seqs, renamed)
      this.#pages.forget(key)
    })
  }

  /** Rewrites what is in the log, and broadcasts the entries that say so; also those of a first try that was cut off. */
  #rewrite<Done extends object>(
    key: StreamKey,
    authorise: (() => Promise<unknown>) | undefined,
    rewrite: () => Promise<Done>,
  ): Promise<Done> {
    return this.#queues.step(key, async () => {
      await authorise?.()
      await this.#broadcaster.follow(key)
      try {
        const done = await rewrite()
        if ('head' in done && typeof done.head === 'number') {
          await this.#broadcaster.catchUp(key, done.head)
          this.#hints.announce(key, done.head)
        }
        return done
      } catch (error) {
        this.#doubt(key, error)
        throw error
      } finally {
        // Also after a failure: the store may have done it and lost the answer.
        this.#pages.forget(key)
      }
    })
  }

  /** How many appends and steps wait or run. */
  get waiting(): number {
    return this.#queues.length
  }

  /** Reads again what this server keeps in memory of a stream from which another server has removed messages. */
  async reread(key: StreamKey): Promise<void> {
    await this.#queues.step(key, async () => {
      this.#pages.forget(key)
      if (this.#broadcaster.follows(key)) await this.#broadcaster.catchUp(key, await this.#store.head(key))
    })
  }

  /** Resolves when no stream is busy. */
  idle(): Promise<void> {
    return this.#queues.idle()
  }

  /** Resolves when everything that has been asked of a stream so far is done. */
  settled(): Promise<void> {
    return this.#queues.settled()
  }

  async #appendBatch(key: StreamKey, batch: readonly Append[]): Promise<void> {
    const ready = await draftAll(batch)
    const drafts = ready.flatMap((one) => one.drafts.filter(isDraft))
    if (drafts.length === 0) {
      settleAll(key, ready, [])
      return
    }
    let stored: { epoch: string; appended: Appended[] }
    try {
      await this.#broadcaster.follow(key)
      stored = await this.#store.append(key, drafts)
    } catch (error) {
      for (const { reject } of ready) reject(error)
      // The store may have appended and lost the answer.
      this.#pages.forget(key)
      this.#doubt(key, error)
      return
    }
    this.#expectLater(key, stored.appended)
    if (this.#trace) traceAppends(this.#trace, key, drafts, stored.appended)
    const placed = settleAll(key, ready, stored.appended)
    // Answers leave before the broadcast.
    await turn()
    const last = await this.#broadcaster.broadcastNew(key, stored.epoch, placed)
    if (last !== undefined) this.#hints.announce(key, last)
  }

  /** Broadcasts what other servers have appended to a stream, up to a seq that somebody names, or to the log's end. */
  catchUp(key: StreamKey, head = Number.MAX_SAFE_INTEGER): Promise<void> {
    return this.#hinted.add(key, head)
  }

  /** Streams to which the store may have appended without answering. */
  get doubted(): readonly Doubted[] {
    return [...this.#doubted.values()]
  }

  /** Broadcasts what the store has appended to a stream without answering, here and at the other servers. */
  resolveDoubt(doubted: Doubted): Promise<void> {
    const { workspace_id, stream, seq } = doubted
    const key = { workspace_id, stream }
    return this.#queues.stepFirst(key, async () => {
      // Unlike `head`, this completes a removal or change that was cut off.
      const [end] = await this.#store.ends([key])
      const head = end?.head.seq ?? 0
      doubted.until ??= performance.now() + lateMs
      if (head <= seq && performance.now() < doubted.until) {
        // Not at once, since all streams are looked at then.
        setTimeout(() => this.#behind(), doubtedMs).unref()
        return
      }
      if (this.#doubted.get(streamId(key)) === doubted) this.#doubted.delete(streamId(key))
      if (head <= seq) return
      await this.#broadcaster.catchUp(key, head)
      this.#hints.announce(key, head)
    })
  }

  /** Calls the listener when the log may have entries that are to be broadcast and could not be read. */
  onBehind(listener: () => void): void {
    this.#behind = listener
  }

  /** Who has joined gets what the log has of it, also where nobody repeats the request. */
  #doubt(key: StreamKey, error: unknown): void {
    const id = streamId(key)
    // Where a stream ends could not be read if it is not followed, so that nothing was appended to it.
    const known = this.ends.known(id)
    if (!isUnavailable(error) || !known) return
    const before = this.#doubted.get(id)
    if (before || this.#doubted.size < mostDoubted)
      this.#doubted.set(id, { ...known, seq: before?.seq ?? known.seq })
    this.#behind()
  }

  /** What is new comes after all that was broadcast, unless the database has gone back to an earlier time: then it is the end now. */
  #expectLater(key: StreamKey, appended: readonly Appended[]): void {
    const end = this.ends.seq(streamId(key)) ?? 0
    const seqs = appended.flatMap((one) => ('placed' in one && one.created ? one.placed.seq : []))
    const first = Math.min(...seqs)
    if (first > end) return
    this.#pages.forget(key)
    this.ends.follow(streamId(key), first - 1)
  }

  /** Broadcasts up to what was read of a stream, here and at the other servers: reading may have completed what was cut off. */
  async #level(key: StreamKey, head: number): Promise<void> {
    if (await this.#broadcaster.level(key, head)) this.#hints.announce(key, head)
  }

  async #catchUpNow(key: StreamKey, head: number): Promise<void> {
    // Where nobody is subscribed, what somebody says is not checked, so it is not believed either.
    if (this.ends.letGo(streamId(key))) this.#pages.forget(key)
    else await this.#broadcaster.catchUp(key, head)
  }
}
