import { Draft } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { streamAddress, usersOf } from '../delivery/audience.ts'
import type { Broadcast, NewEntry } from '../delivery/broadcaster.ts'
import { readFact } from '../delivery/bus-facts.ts'
import type { Notify } from '../delivery/facts.ts'
import { RequestError } from '../errors.ts'
import type { Nodes } from '../nodes/nodes.ts'
import { SharedQuestions } from '../queues/shared-questions.ts'
import { type StreamKey, streamId } from '../stores/store.ts'
import { DraftPace } from './draft-pace.ts'
import { type DraftStep, HeldDraft, type Writer } from './held-draft.ts'
import { type DraftLimits, HeldDrafts } from './held-drafts.ts'

interface DraftsParts {
  readonly nodes: Pick<Nodes, 'ask' | 'answer' | 'on' | 'ignore' | 'others' | 'hasBus'>
  /** Sends facts to the sockets of all servers. */
  readonly push: Notify
  readonly limits: DraftLimits
}

/** For so long an author may write on without being looked up again. */
const permittedMs = 2_000

const Place = z.tuple([z.string(), z.string()])
const SentDrafts = z.array(Draft)

/**
 * What is being written bit by bit by those who are connected to this server. Nothing of it is stored; the readers on all
 * servers hear of it, and may miss it. A draft ends with its message, when its author takes it back, or when nothing more is written.
 */
export class Drafts {
  readonly #parts: DraftsParts
  readonly #held: HeldDrafts
  readonly #pace: DraftPace
  readonly #questions = new SharedQuestions<readonly Draft[]>()
  #timer: NodeJS.Timeout | undefined

  constructor(parts: DraftsParts) {
    const { nodes, limits } = parts
    this.#parts = parts
    this.#held = new HeldDrafts(limits)
    this.#pace = new DraftPace((draft) => {
      if (draft.isDue) this.#push(draft, draft.next())
    })
    nodes.answer('drafts_in', (data) => {
      const place = z.safeParse(Place, data)
      if (!place.success) return nodes.ignore()
      const [workspace_id, stream] = place.data
      return this.#inHere({ workspace_id, stream })
    })
    nodes.on('fact', (sent) => {
      if (sent.fact === 'message_draft' && this.count > 0) this.#heard(sent)
    })
  }

  /** How many are kept here. */
  get count(): number {
    return this.#held.count
  }

  /**
   * Writes on; answers how long the text is then. What comes at once after the first step is in order, though that waits for
   * `permit`, which rejects where the author may not write in the stream.
   */
  async write(writer: Writer, cid: string, step: DraftStep, permit: () => Promise<void>): Promise<number> {
    const draft = this.#held.write(writer, cid, step)
    const { length } = draft
    this.#timer ??= setInterval(() => this.#expire(), Math.min(this.#parts.limits.draftMs, 1_000)).unref()
    if (!draft.isAsking && performance.now() - draft.permittedAt > permittedMs) this.#ask(draft, permit)
    if (draft.isDue) this.#pace.note(draft)
    await draft.permitted
    return length
  }

  /** Ends a draft of which there will be no message. */
  end(writer: Writer, cid: string): void {
    const held = this.#held.get(writer.key, writer.session.user_id, cid)
    if (held) this.#drop(held)
    // Where it is not here, another server may have it, to which its author was connected before.
    const ended = held ?? new HeldDraft(writer, cid)
    if (held?.isTold || this.#hasOthers) this.#push(ended, ended.end())
  }

  /** All drafts of a stream, of all servers that answer. */
  async in(key: StreamKey): Promise<readonly Draft[]> {
    const elsewhere = this.#hasOthers
      ? await this.#questions.ask(streamId(key), () => this.#elsewhere(key))
      : []
    const here = this.#inHere(key)
    const isHere = ({ author, cid }: Draft) => here.some((one) => one.author === author && one.cid === cid)
    return [...here, ...elsewhere.filter((one) => !isHere(one))]
  }

  /** Asks the author of a draft to stop. */
  async stop(key: StreamKey, cid: string, user_id: string): Promise<void> {
    const authors = (await this.in(key)).filter((one) => one.cid === cid).map(({ author }) => author)
    if (authors.length === 0) throw new RequestError('not_found', 'Nobody is writing that any more')
    const { workspace_id, stream } = key
    this.#parts.push(usersOf(workspace_id, authors), 'draft_stop', { stream, cid, user_id })
  }

  /** Ends the drafts whose messages are broadcast. */
  endedBy(broadcast: Broadcast): Broadcast {
    return (key, epoch, entries) => {
      if (this.count > 0) this.#sent(key, entries)
      return broadcast(key, epoch, entries)
    }
  }

  close(): void {
    clearInterval(this.#timer)
    this.#pace.stop()
  }

  #ask(draft: HeldDraft, permit: () => Promise<void>): void {
    const isFirst = draft.permittedAt === Number.NEGATIVE_INFINITY
    draft.isAsking = true
    draft.permitted = permit()
      .then(() => {
        draft.permittedAt = performance.now()
        if (this.#held.has(draft) && draft.isDue) this.#pace.note(draft)
      })
      .catch((error: unknown) => {
        // What a store that is away cannot say holds as before.
        if (isFirst || error instanceof RequestError) this.#over(draft)
        throw error
      })
      .finally(() => {
        draft.isAsking = false
      })
  }

  #sent(key: StreamKey, entries: readonly NewEntry[]): void {
    for (const { entry } of entries) {
      if (entry.type !== 'message' || !('author' in entry) || entry.author === null) continue
      const draft = this.#held.get(key, entry.author, entry.cid)
      if (draft) this.#drop(draft)
    }
  }

  #expire(): void {
    for (const draft of this.#held.expired) this.#over(draft)
  }

  /** There will be no message. */
  #over(draft: HeldDraft): void {
    if (!this.#held.has(draft)) return
    this.#drop(draft)
    if (draft.isTold) this.#push(draft, draft.end())
  }

  #drop(draft: HeldDraft): void {
    this.#pace.forget(draft)
    this.#held.drop(draft)
    if (this.count > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #push(draft: HeldDraft, data: ReturnType<HeldDraft['next']>): void {
    const to = { addresses: [streamAddress(draft.key)], except: draft.socketId }
    this.#parts.push(to, 'message_draft', data)
  }

  /** An author goes on at another server, or has ended it there: what is kept here is over. */
  #heard(sent: { readonly to?: unknown; readonly fact: string; readonly data?: unknown }): void {
    const read = readFact({ to: sent.to, fact: sent.fact, data: sent.data })
    const [address] = read?.to.addresses ?? []
    if (read?.fact !== 'message_draft' || !address) return
    const { stream, author, cid } = read.data
    const draft = this.#held.get({ workspace_id: address.workspace_id, stream }, author, cid)
    if (draft) this.#drop(draft)
  }

  get #hasOthers(): boolean {
    const { nodes } = this.#parts
    return nodes.others.length > 0 && nodes.hasBus
  }

  #inHere(key: StreamKey): Draft[] {
    return this.#held.in(key).flatMap((draft) => (draft.isTold ? draft.whole : []))
  }

  async #elsewhere({ workspace_id, stream }: StreamKey): Promise<readonly Draft[]> {
    const { nodes } = this.#parts
    const answers = await nodes.ask('drafts_in', [workspace_id, stream])
    return answers.flatMap((answer) => {
      // A server of an earlier version does not know the question.
      const read = z.safeParse(SentDrafts, answer ?? [])
      if (!read.success) nodes.ignore()
      return read.data ?? []
    })
  }
}
