import type { Message, Page, Position } from '@dowellchat/protocol'
import { LRUCache } from 'lru-cache'
import { Encoded } from './encoded.ts'
import { RequestError } from './errors.ts'
import type { Connection } from './handler.ts'
import type { Hints } from './hints.ts'
import type {
  Appended,
  MessageDraft,
  PageRange,
  Placed,
  StoredPage,
  StreamKey,
  StreamStore,
} from './stores/store.ts'

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

interface Sent {
  readonly message: Encoded<Message>
  readonly created: boolean
}

interface AppendTask {
  readonly draft: DraftSource
  readonly resolve: (sent: Sent) => void
  readonly reject: (error: unknown) => void
}
/** Anything else that must keep its place between the appends: a join, a leave, a reading. */
type StepTask = () => Promise<void>
type Task = AppendTask | StepTask

const defaultMessages = 50
const defaultEntries = 200
const batchTasks = 200
const cachedPagesBytes = 32 * 1024 * 1024
const followedStreams = 50_000

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
  /** How far the sockets of this node have been told of a stream. */
  readonly #told = new LRUCache<string, number>({ max: followedStreams })

  constructor(store: StreamStore, broadcast: Broadcast, hints: Hints) {
    this.#store = store
    this.#broadcast = broadcast
    this.#hints = hints
    hints.listen((key, head) => this.#hear(key, head))
  }

  /** Appends a message; resolves when it is durable, before it is broadcast. `created` is false for a repeated cid. */
  append(key: StreamKey, draft: DraftSource): Promise<Sent> {
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
      await this.#follow(key)
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
      await this.#follow(key)
      return new Encoded<Message[]>(await this.#store.messages(key, max))
    })
  }

  /** The messages before the `before`th. */
  async before(key: StreamKey, before: number, limit: number = defaultMessages): Promise<Encoded<Page>> {
    return encodedPage(await this.#store.page(key, { before, limit }), key)
  }

  /** The entries after a position. */
  async after(key: StreamKey, position: Position, limit: number = defaultEntries): Promise<Encoded<Page>> {
    return encodedPage(await this.#store.page(key, { after: position, limit }), key)
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
    // Also where the append fails: it may have happened nevertheless.
    this.#newest.delete(id)
    let stored: { epoch: string; appended: Appended[] }
    try {
      await this.#follow(key)
      stored = await this.#store.append(
        key,
        ready.map(({ draft }) => draft),
      )
    } catch (error) {
      for (const { task } of ready) task.reject(error)
      return
    }
    this.#newest.delete(id)
    const placed = settleAll(key, ready, stored.appended)
    await turn()
    await this.#tell(key, stored.epoch, placed)
  }

  /** Knows how far this node has told of a stream, from before anybody hears of it here. */
  async #follow(key: StreamKey): Promise<void> {
    const id = idOf(key)
    if (this.#told.get(id) === undefined) this.#told.set(id, await this.#store.head(key))
  }

  /** Broadcasts what was appended, after whatever this node has not told yet: a lost answer, or another node's. */
  async #tell(key: StreamKey, epoch: string, placed: readonly NewEntry[]): Promise<void> {
    const id = idOf(key)
    const told = this.#told.get(id) ?? 0
    const news = placed
      .filter(({ message }) => message.seq > told)
      .sort((a, b) => a.message.seq - b.message.seq)
    const last = news.at(-1)?.message.seq
    if (last === undefined) return
    if (last - told === news.length) {
      this.#told.set(id, last)
      this.#broadcast(key, epoch, news)
    } else {
      await this.#catchUp(key, last)
    }
    this.#hints.announce(key, last)
  }

  /** Another node says that a stream has grown. Where nobody here follows it, nobody here needs to be told. */
  #hear(key: StreamKey, head: number): void {
    if (!this.#told.has(idOf(key))) return
    this.#enqueue(key, async () => {
      this.#newest.delete(idOf(key))
      await this.#catchUp(key, head)
    })
  }

  /** Broadcasts from the log up to a seq. What cannot be read now is told with the next entry. */
  async #catchUp(key: StreamKey, head: number): Promise<void> {
    const id = idOf(key)
    for (let told = this.#told.get(id) ?? head; told < head; told = this.#told.get(id) ?? head) {
      const { epoch, entries } = await this.#store
        .entries(key, told)
        .catch(() => ({ epoch: '', entries: [] }))
      const last = entries.length > 0 ? told + entries.length : undefined
      if (last === undefined) return
      this.#told.set(id, last)
      // The text is a message's, made by `messageText`.
      const news = entries.map(({ text, sid }) => ({ message: JSON.parse(text) as Message, text, sid }))
      this.#broadcast(key, epoch, news)
    }
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

  /** Reads from a stream, which is made by this if it is new, and tells those who are in it of what they have not heard. */
  async #openRange(key: StreamKey, range: PageRange): Promise<Encoded<Page>> {
    let page = await this.#store.page(key, range)
    if (!page) {
      await this.#store.open(key)
      page = await this.#store.page(key, range)
    }
    // Before somebody joins who has it from this page, and must not hear it again.
    if (page) await this.#catchUp(key, page.head)
    return encodedPage(page, key)
  }
}

function takeAppends(tasks: Task[]): AppendTask[] {
  const firstStep = tasks.findIndex((task) => typeof task === 'function')
  const count = Math.min(firstStep < 0 ? tasks.length : firstStep, batchTasks)
  return tasks.splice(0, count) as AppendTask[]
}

interface Ready {
  readonly task: AppendTask
  readonly draft: MessageDraft
}

async function draftAll(batch: readonly AppendTask[]): Promise<Ready[]> {
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

function encodedPage(page: StoredPage | null, { stream }: StreamKey): Encoded<Page> {
  if (!page) throw new RequestError('not_found', `${stream} does not exist`)
  return new Encoded(page.text)
}

/** Answers every sender, and gives what now stands in the stream: new messages, and those that were there already. */
function settleAll(key: StreamKey, ready: readonly Ready[], appended: readonly Appended[]): NewEntry[] {
  return ready.flatMap(({ task, draft }, at) => {
    const one = appended[at]
    if (!one || 'conflict' in one) {
      task.reject(new RequestError('conflict', `cid: ${draft.cid} has been used for another message`))
      return []
    }
    task.resolve({ message: new Encoded(one.text), created: one.created })
    return [{ message: messageOf(key, draft, one.placed), text: one.text, sid: draft.sid }]
  })
}
