import type { PushName } from '@dowellchat/protocol'
import type { DataOf, Message, PushOf } from '../entities.ts'
import type { FakeWorld } from './fake-world.ts'

type Draft = DataOf<'get_drafts'>['drafts'][number]
type Named = Pick<Draft, 'stream' | 'cid'>

/** What is being written bit by bit: what the test has pushed, and what the client writes. */
export class FakeDrafts {
  readonly #world: Pick<FakeWorld, 'user_id' | 'refuse'>
  readonly #known = new Map<string, Draft>()

  constructor(world: Pick<FakeWorld, 'user_id' | 'refuse'>) {
    this.#world = world
  }

  /** What the test has pushed is answered from then on. */
  note<K extends PushName>(name: K, pushed: PushOf<K>): void {
    if (name !== 'message_draft') return
    const { from, text, is_over, ...draft } = pushed as PushOf<'message_draft'>
    const key = keyOf(draft)
    if (is_over) this.#known.delete(key)
    else this.#known.set(key, { ...draft, text: (this.#known.get(key)?.text ?? '').slice(0, from) + text })
  }

  /** A message is a draft no more. */
  onMessage({ stream, cid, author }: Message): void {
    if (author !== null) this.#known.delete(keyOf({ stream, cid, author }))
  }

  draft_message = ({ stream, cid, from, text }: Named & { from: number; text: string }): object => {
    const { user_id: author, refuse } = this.#world
    const known = this.#known.get(keyOf({ stream, cid, author }))
    const before = known?.text ?? ''
    if (from > before.length) refuse('conflict', `from: the text is known up to ${before.length}`)
    const draft = { stream, cid, author, display_name: null, n: (known?.n ?? 0) + 1 }
    const now = before.slice(0, from) + text
    this.#known.set(keyOf(draft), { ...draft, text: now })
    return { length: now.length }
  }

  end_draft = ({ stream, cid }: Named): object => {
    this.#known.delete(keyOf({ stream, cid, author: this.#world.user_id }))
    return {}
  }

  stop_draft = ({ stream, cid }: Named): object => {
    const isThere = [...this.#known.values()].some((one) => one.stream === stream && one.cid === cid)
    return isThere ? {} : this.#world.refuse('not_found', 'Nobody is writing that any more')
  }

  get_drafts = ({ stream }: Pick<Draft, 'stream'>): DataOf<'get_drafts'> => ({
    drafts: [...this.#known.values()].filter((one) => one.stream === stream),
  })
}

function keyOf({ stream, cid, author }: Pick<Draft, 'stream' | 'cid' | 'author'>): string {
  return `${stream} ${author} ${cid}`
}
