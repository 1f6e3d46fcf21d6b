import { threadStream } from '@dowellchat/protocol'
import type { DataOf, Message, Thread } from '../entities.ts'
import type { FakeWorld } from './fake-world.ts'

/** The threads of a fake server. */
export class FakeThreads {
  readonly #world: FakeWorld
  readonly #parents = new Map<string, { readonly parent: string; readonly parent_seq: number }>()

  constructor(world: FakeWorld) {
    this.#world = world
  }

  /** The stream whose message a thread is about; another stream itself. */
  parentOf(stream: string): string {
    return this.#parents.get(stream.slice('thread:'.length))?.parent ?? stream
  }

  /** Refuses what is asked of the stream of a thread that there is not. */
  expectThread(stream: string): void {
    const id = stream.slice('thread:'.length)
    const { streams, refuse } = this.#world
    if (!stream.startsWith('thread:') || this.#parents.has(id)) return
    // A test may have put messages into it.
    if (streams.messages(stream).length === 0) refuse('not_found', `There is no thread ${id}`)
  }

  /** What follows a message of a thread. */
  onMessage({ stream }: Message): void {
    const thread = stream.startsWith('thread:') && this.#threadOf(stream.slice('thread:'.length))
    if (thread) this.#world.push('thread_updated', { data: thread })
  }

  start_thread = (payload: { stream: string; seq: number; message_id: string }): Thread => {
    const { stream, seq, message_id } = payload
    const { streams, user_id, refuse } = this.#world
    const message = streams.find(payload)
    if (!message || message.kind === 'removed')
      return refuse('not_found', `Message ${message_id} does not exist in ${stream}`)
    if (!this.#parents.has(message_id)) {
      this.#parents.set(message_id, { parent: stream, parent_seq: seq })
      streams.change(stream, { change: 'thread_started', target: seq, by: user_id })
    }
    return this.#threadOf(message_id) ?? refuse('not_found', 'There is no such thread')
  }

  get_threads = ({ stream, threads }: { stream: string; threads: string[] }): DataOf<'get_threads'> => ({
    threads: threads.flatMap((id) => this.#threadOf(id) ?? []).filter(({ parent }) => parent === stream),
  })

  #threadOf(id: string): Thread | undefined {
    const parent = this.#parents.get(id)
    if (!parent) return undefined
    const messages = this.#world.streams.messages(threadStream(id))
    const authors = [...messages].reverse().flatMap(({ author }) => author ?? [])
    const last_authors = [...new Set(authors)].slice(0, 3)
    return {
      _id: id,
      ...parent,
      count: messages.length,
      last_at: messages.at(-1)?.created_at ?? null,
      last_authors,
    }
  }
}
