import { threadStream } from '@dowellchat/protocol'
import { countedCache } from '../counted-cache.ts'
import { type StreamKey, streamId, type ThreadRow, type ThreadStore } from '../stores/store.ts'
import { streamAddress } from './audience.ts'
import type { Notify } from './facts.ts'

interface ThreadsParts {
  readonly store: Pick<ThreadStore, 'get' | 'list'>
  readonly sockets: { hasSubscribers(key: StreamKey): boolean }
  /** Sends facts to the sockets of all servers. */
  readonly push: Notify
}

const keptRows = 10_000
/** How often those who read a message's stream are told of its thread, at most. */
const everyMs = 1_000

/** A thread that was told of less than a second ago. */
interface Told {
  isDue: boolean
  readonly timer: NodeJS.Timeout
}

/** Where threads belong to, which of them sockets of this server have joined, and what others are told of their messages. */
export class Threads {
  readonly #parts: ThreadsParts
  /** Rows never change, so they stay as long as there is room. */
  readonly #rows = countedCache<string, ThreadRow>(keptRows)
  /** By the stream of their messages, the threads that sockets of this server have joined. */
  readonly #joined = new Map<string, Map<string, StreamKey>>()
  readonly #told = new Map<string, Told>()

  constructor(parts: ThreadsParts) {
    this.#parts = parts
  }

  async find(workspaceId: string, id: string): Promise<ThreadRow | null> {
    const name = `${workspaceId}\n${id}`
    const known = this.#rows.get(name)
    if (known) return known
    const row = await this.#parts.store.get(workspaceId, id)
    if (row) this.#rows.set(name, row)
    return row
  }

  /** Call it once a socket is subscribed to a thread. */
  joined(workspace_id: string, { _id, parent }: ThreadRow): void {
    const key = { workspace_id, stream: threadStream(_id) }
    if (!this.#parts.sockets.hasSubscribers(key)) return
    const name = streamId({ workspace_id, stream: parent })
    const threads = this.#joined.get(name) ?? new Map<string, StreamKey>()
    this.#joined.set(name, threads.set(key.stream, key))
  }

  /** Call it once no socket is subscribed to a stream any more. */
  async unheard(key: StreamKey): Promise<void> {
    const row = await this.find(key.workspace_id, key.stream.slice(threadStream('').length)).catch(() => null)
    if (!row || this.#parts.sockets.hasSubscribers(key)) return
    const name = streamId({ ...key, stream: row.parent })
    const threads = this.#joined.get(name)
    threads?.delete(key.stream)
    if (threads?.size === 0) this.#joined.delete(name)
  }

  /** The threads of a stream's messages that sockets of this server have joined. */
  of(parent: StreamKey): readonly StreamKey[] {
    return [...(this.#joined.get(streamId(parent))?.values() ?? [])]
  }

  /** Tells those who read the stream of its message that a thread has new messages, at most once a second. It may be lost. */
  grew(workspaceId: string, row: ThreadRow): void {
    const name = `${workspaceId}\n${row._id}`
    const told = this.#told.get(name)
    if (told) told.isDue = true
    else this.#tell(name, workspaceId, row)
  }

  stop(): void {
    for (const { timer } of this.#told.values()) clearTimeout(timer)
    this.#told.clear()
  }

  #tell(name: string, workspaceId: string, row: ThreadRow): void {
    const again = (): void => {
      const { isDue } = this.#told.get(name) ?? {}
      this.#told.delete(name)
      if (isDue) this.#tell(name, workspaceId, row)
    }
    this.#told.set(name, { isDue: false, timer: setTimeout(again, everyMs) })
    void this.#push(workspaceId, row).catch(() => undefined)
  }

  async #push(workspace_id: string, { _id, parent }: ThreadRow): Promise<void> {
    const { store, push } = this.#parts
    const [data] = await store.list(workspace_id, parent, [_id])
    if (data)
      push({ addresses: [streamAddress({ workspace_id, stream: parent })] }, 'thread_updated', { data })
  }
}
