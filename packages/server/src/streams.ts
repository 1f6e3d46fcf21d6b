import type { Message, Page, Position } from '@dowellchat/protocol'
import { LRUCache } from 'lru-cache'
import { Encoded } from './encoded.ts'
import { RequestError } from './errors.ts'
import type { Connection } from './handler.ts'
import type { Hints } from './hints.ts'
import type { Appended, MessageDraft, PageRange, Placed, StreamKey, StreamStore } from './stores/store.ts'

/** A message that is durable and has to be told to those who hear its stream. */
export interface NewEntry {
  readonly message: Message
  /** The message as JSON, made once. */
  readonly text: string
  /** The socket that sent it. */
  readonly sid: string | null
}

/** Sends new entries to the sockets of this node that hear the stream. */
export type Broadcast = (key: StreamKey, epoch: string, entries: readonly NewEntry[]) => void

/** A draft, or what makes one once its turn has come: it may look at the store, and refuse. */
type DraftSource = MessageDraft | (() => Promise<MessageDraft>)

interface AppendTask {
  readonly draft: DraftSource
  readonly resolve: (message: Encoded<Message>) => void
  readonly reject: (error: unknown) => void
}
/** Anything else that must keep its place between the appends: a join, a leave, a reading. */
type StepTask = () => Promise<void>
type Task = AppendTask | StepTask

const defaultMessages = 50
const defaultEntries = 200
const batchTasks = 200
const cachedPagesBytes = 32 * 1024 * 1024

/** Lets everything that is ready run first: answers leave, and company joins the batch. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function idOf({ workspace_id, stream }: StreamKey): string {
  return `${workspace_id}\n${stream}`
}

/**
 * The ordered logs behind rooms and tickets. Each stream has one serial queue on this node, so that what one socket
 * asks for keeps its order, a join misses nothing and doubles nothing, and entries are broadcast in seq order once they
 * are durable.
 */
export class Streams {
  readonly #store: StreamStore
  readonly #broadcast: Broadcast
  readonly #hints: Hints
  /** The tasks of the streams that are busy. */
  readonly #queues = new Map<string, Task[]>()
  readonly #running = new Set<Promise<void>>()
  /** The newest pages of a stream by their limit, until its next append. */
  readonly #newest = new LRUCache<string, Map<number, Encoded<Page>>>({
    maxSize: cachedPagesBytes,
    sizeCalculation: (pages) => [...pages.values()].reduce((size, { text }) => size + text.length, 1),
  })

  constructor(store: StreamStore, broadcast: Broadcast, hints: Hints) {
    this.#store = store
    this.#broadcast = broadcast
    this.#hints = hints
  }

  /** Appends a message; resolves when it is durable, before it is broadcast. */
  append(key: StreamKey, draft: DraftSource): Promise<Encoded<Message>> {
    return new Promise((resolve, reject) => this.#enqueue(key, { draft, resolve, reject }))
  }

  /** Reads the stream and subscribes the connection, with nothing in between. `authorise` may refuse. */
  join(
    key: StreamKey,
    connection: Connection,
    from: { position?: Position | undefined; limit?: number | undefined },
    authorise?: () => Promise<unknown>,
  ): Promise<{ page: Encoded<Page>; joined: boolean }> {
    return this.#step(key, async () => {
      await authorise?.()
      const page = await this.#openPage(key, from.position, from.limit)
      return { page, joined: connection.subscribe(key) }
    })
  }

  /** Ends a connection's subscription; false where there was none. */
  leave(key: StreamKey, connection: Connection): Promise<boolean> {
    return this.#step(key, async () => connection.unsubscribe(key))
  }

  /** All messages within bounds. In the queue, because V2 subscribes with it. */
  messages(
    key: StreamKey,
    max: { entries: number; bytes: number },
    authorise: () => Promise<unknown>,
  ): Promise<Encoded<Message[]>> {
    return this.#step(key, async () => {
      await authorise()
      return new Encoded<Message[]>(await this.#store.messages(key, max))
    })
  }

  /** The messages before the `before`th. */
  async before(key: StreamKey, before: number, limit: number = defaultMessages): Promise<Encoded<Page>> {
    return found(await this.#store.page(key, { before, limit }), key)
  }

  /** The entries after a position. */
  async after(key: StreamKey, position: Position, limit: number = defaultEntries): Promise<Encoded<Page>> {
    return found(await this.#store.page(key, { after: position, limit }), key)
  }

  /** Resolves when no stream is busy. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  #step<T>(key: StreamKey, step: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => this.#enqueue(key, () => step().then(resolve, reject)))
  }

  #enqueue(key: StreamKey, task: Task): void {
    const id = idOf(key)
    const waiting = this.#queues.get(id)
    if (waiting) {
      waiting.push(task)
      return
    }
    const tasks = [task]
    this.#queues.set(id, tasks)
    const run = this.#drain(key, id, tasks).finally(() => this.#running.delete(run))
    this.#running.add(run)
  }

  async #drain(key: StreamKey, id: string, tasks: Task[]): Promise<void> {
    await turn()
    while (tasks.length > 0) {
      const batch = takeAppends(tasks)
      if (batch.length > 0) await this.#appendAll(key, id, batch)
      else await (tasks.shift() as StepTask)()
    }
    this.#queues.delete(id)
  }

  async #appendAll(key: StreamKey, id: string, batch: readonly AppendTask[]): Promise<void> {
    const ready = await draftAll(batch)
    if (ready.length === 0) return
    const drafts = ready.map(({ draft }) => draft)
    let stored: { epoch: string; appended: Appended[] }
    try {
      stored = await this.#store.append(key, drafts)
    } catch (error) {
      for (const { task } of ready) task.reject(error)
      return
    }
    this.#newest.delete(id)
    const entries: NewEntry[] = []
    for (const [at, { task, draft }] of ready.entries()) {
      const one = stored.appended[at]
      if (!one || 'conflict' in one) {
        task.reject(new RequestError('conflict', `cid: ${draft.cid} has been used for another message`))
        continue
      }
      task.resolve(new Encoded(one.text))
      if (one.created)
        entries.push({ message: messageOf(key, draft, one.placed), text: one.text, sid: draft.sid })
    }
    await turn()
    const last = entries.at(-1)
    if (!last) return
    this.#broadcast(key, stored.epoch, entries)
    this.#hints.announce(key, { seq: last.message.seq })
  }

  async #openPage(
    key: StreamKey,
    position: Position | undefined,
    limit: number | undefined,
  ): Promise<Encoded<Page>> {
    if (position) return this.#openRange(key, { after: position, limit: limit ?? defaultEntries })
    const newest = limit ?? defaultMessages
    const pages = this.#newest.get(idOf(key)) ?? new Map<number, Encoded<Page>>()
    const cached = pages.get(newest)
    if (cached) return cached
    const page = await this.#openRange(key, { newest })
    this.#newest.set(idOf(key), pages.set(newest, page))
    return page
  }

  /** Reads from a stream, which is made by this if it is new. */
  async #openRange(key: StreamKey, range: PageRange): Promise<Encoded<Page>> {
    const text = await this.#store.page(key, range)
    if (text !== null) return new Encoded(text)
    await this.#store.open(key)
    return found(await this.#store.page(key, range), key)
  }
}

function takeAppends(tasks: Task[]): AppendTask[] {
  const firstStep = tasks.findIndex((task) => typeof task === 'function')
  const count = Math.min(firstStep < 0 ? tasks.length : firstStep, batchTasks)
  return tasks.splice(0, count) as AppendTask[]
}

async function draftAll(batch: readonly AppendTask[]): Promise<{ task: AppendTask; draft: MessageDraft }[]> {
  if (batch.every(({ draft }) => typeof draft !== 'function')) {
    return batch.map((task) => ({ task, draft: task.draft as MessageDraft }))
  }
  const drafts = await Promise.allSettled(
    batch.map(({ draft }) => (typeof draft === 'function' ? draft() : draft)),
  )
  return batch.flatMap((task, at) => {
    const made = drafts[at] as PromiseSettledResult<MessageDraft>
    if (made.status === 'fulfilled') return [{ task, draft: made.value }]
    task.reject(made.reason)
    return []
  })
}

function messageOf(key: StreamKey, draft: MessageDraft, placed: Placed): Message {
  const { sid: _sid, fingerprint: _fingerprint, ...rest } = draft
  return { ...rest, ...placed, stream: key.stream, type: 'message' }
}

function found(text: string | null, { stream }: StreamKey): Encoded<Page> {
  if (text === null) throw new RequestError('not_found', `${stream} does not exist`)
  return new Encoded(text)
}
