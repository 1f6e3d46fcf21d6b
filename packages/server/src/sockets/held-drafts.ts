import { limits as contractLimits } from '@dowellchat/protocol'
import { RequestError } from '../errors.ts'
import type { Limits } from '../limits.ts'
import { type StreamKey, streamId } from '../stores/store.ts'
import { type DraftStep, draftId, HeldDraft, type Writer } from './held-draft.ts'

export type DraftLimits = Pick<Limits, 'draftMs' | 'streamDrafts' | 'userDrafts' | 'draftCharacters'>

/** That of a message whose code points all have two code units. */
const mostLength = contractLimits.text_length * 2
/** What a draft takes beside its text. */
const ownCharacters = 500

/** The drafts of one server, which are bounded in every way. */
export class HeldDrafts {
  readonly #limits: DraftLimits
  /** The one that was written least recently first. */
  readonly #drafts = new Map<string, HeldDraft>()
  readonly #inStream = new Map<string, Set<HeldDraft>>()
  readonly #ofAuthor = new Map<string, number>()
  #characters = 0

  constructor(limits: DraftLimits) {
    this.#limits = limits
  }

  get count(): number {
    return this.#drafts.size
  }

  get(key: StreamKey, author: string, cid: string): HeldDraft | undefined {
    return this.#drafts.get(draftId(key, author, cid))
  }

  has(draft: HeldDraft): boolean {
    return this.#drafts.get(draft.id) === draft
  }

  in(key: StreamKey): readonly HeldDraft[] {
    return [...(this.#inStream.get(streamId(key)) ?? [])]
  }

  /** Those in which nobody has written for long. */
  get expired(): readonly HeldDraft[] {
    const before = performance.now() - this.#limits.draftMs
    const expired: HeldDraft[] = []
    for (const draft of this.#drafts.values()) {
      if (draft.touchedAt > before) break
      expired.push(draft)
    }
    return expired
  }

  /**
   * Writes on in a draft, or begins it.
   * @throws RequestError `conflict` where the text up to the step is not known, `limit_reached` where there is no place
   */
  write(writer: Writer, cid: string, step: DraftStep): HeldDraft {
    const known = this.get(writer.key, writer.session.user_id, cid)
    const length = known?.length ?? 0
    if (step.from > length)
      throw new RequestError('conflict', `from: the text is known up to ${length}: send it all, from 0`)
    const now = step.from + step.text.length
    if (now > mostLength)
      throw new RequestError('limit_reached', `text: a message has at most ${mostLength} code units`)
    const draft = known ?? new HeldDraft(writer, cid)
    const most = this.#limits.draftCharacters
    if (this.#characters + now - length > most) throw tooMany('on this server')
    if (!known) this.#add(draft)
    draft.write(step, writer.socketId)
    this.#characters += draft.length - length
    // At the end of the order.
    this.#drafts.delete(draft.id)
    this.#drafts.set(draft.id, draft)
    return draft
  }

  drop(draft: HeldDraft): void {
    if (!this.has(draft)) return
    this.#drafts.delete(draft.id)
    this.#characters -= draft.length + ownCharacters
    const id = streamId(draft.key)
    const inStream = this.#inStream.get(id)
    inStream?.delete(draft)
    if (inStream?.size === 0) this.#inStream.delete(id)
    const left = (this.#ofAuthor.get(authorOf(draft)) ?? 1) - 1
    if (left > 0) this.#ofAuthor.set(authorOf(draft), left)
    else this.#ofAuthor.delete(authorOf(draft))
  }

  #add(draft: HeldDraft): void {
    const { key, author } = draft
    const inStream = this.#inStream.get(streamId(key)) ?? new Set()
    const ofAuthor = this.#ofAuthor.get(authorOf(draft)) ?? 0
    if (inStream.size >= this.#limits.streamDrafts) throw tooMany(`in ${key.stream}`)
    if (ofAuthor >= this.#limits.userDrafts) throw tooMany(`by ${author}`)
    this.#inStream.set(streamId(key), inStream.add(draft))
    this.#ofAuthor.set(authorOf(draft), ofAuthor + 1)
    this.#characters += ownCharacters
  }
}

function authorOf({ key, author }: HeldDraft): string {
  return `${key.workspace_id}\n${author}`
}

function tooMany(where: string): RequestError {
  return new RequestError('limit_reached', `Too much is being written bit by bit ${where}`)
}
