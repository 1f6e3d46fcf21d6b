import {
  type ChatClient,
  createChatClient,
  type DraftRow,
  type LiveStream,
} from '../../../packages/client/src/index.ts'
import { type Link, openLink } from '../../../packages/server/src/testing/index.ts'

interface ReadersPlan {
  /** The addresses of the servers, which the readers are spread over. */
  readonly urls: readonly string[]
  readonly count: number
  /** So many share a link, and are cut together. */
  readonly perLink: number
  readonly room: string
  readonly workspace_id: string
  readonly api_key: string
}

/** What was wrong with what a reader has seen. */
export interface Faults {
  readonly doubled: number
  readonly wrong: number
  readonly renamed: number
}

/** What a reader must see of an answer. */
interface Expected {
  readonly cid: string
  /** All that its text may become. */
  readonly whole: string
}

interface Reader {
  readonly client: ChatClient
  readonly stream: LiveStream
  readonly letGo: () => void
}

const deadlineMs = 60_000

/** Clients of the SDK that look at one room. */
export class Readers {
  readonly links: readonly Link[]
  readonly #readers: readonly Reader[]
  #expected: Expected | undefined
  /** The keys of the rows of an answer, by reader. */
  readonly #keys = new Map<Reader, string>()
  #faults = { doubled: 0, wrong: 0, renamed: 0 }
  steps = 0

  private constructor(links: readonly Link[], readers: readonly Reader[]) {
    this.links = links
    this.#readers = readers
    for (const reader of readers) reader.stream.subscribe(() => this.#look(reader))
  }

  static async open({ urls, count, perLink, room, ...key }: ReadersPlan): Promise<Readers> {
    const linkCount = Math.ceil(count / perLink)
    const links = await Promise.all(
      Array.from({ length: linkCount }, (_, at) => openLink(urls[at % urls.length] as string)),
    )
    const readers = Array.from({ length: count }, (_, at): Reader => {
      const { url } = links[at % links.length] as Link
      const client = createChatClient({ url, auth: { ...key, user_id: `reader ${at}` } })
      const stopClient = client.connect()
      const stream = client.rooms.messages(room)
      const stopStream = stream.retain()
      return {
        client,
        stream,
        letGo() {
          stopStream()
          stopClient()
          client.close()
        },
      }
    })
    const opened = new Readers(links, readers)
    await opened.until('all are there', ({ stream }) => stream.getSnapshot().sync === 'live')
    return opened
  }

  /** From now on they see this answer. */
  expect(expected: Expected): void {
    this.#expected = expected
    this.#keys.clear()
    this.#faults = { doubled: 0, wrong: 0, renamed: 0 }
    this.steps = 0
  }

  get faults(): Faults {
    return { ...this.#faults }
  }

  /** How many of them see the answer in this way now. */
  count(delivery: 'draft' | 'sent'): number {
    return this.#readers.filter((one) => this.#rowsOf(one).some((row) => row.delivery === delivery)).length
  }

  /** What they have in the end, each text once. Resolves when all have the message, and no draft. */
  async ends(): Promise<string[]> {
    await this.until('all have the message', (one) => {
      const rows = this.#rowsOf(one)
      return rows.length > 0 && rows.every(({ delivery }) => delivery === 'sent')
    })
    const texts = this.#readers.map((one) =>
      this.#rowsOf(one)
        .map(({ message }) => message.message_data)
        .join('|'),
    )
    return [...new Set(texts)]
  }

  /** The first one of them that sees the answer asks to stop. */
  async stop(): Promise<void> {
    const draftIn = (one: Reader) =>
      this.#rowsOf(one).find((row): row is DraftRow => row.delivery === 'draft')
    const isSeen = () => this.#readers.find((one) => draftIn(one) !== undefined)
    await this.until('one sees the answer', () => isSeen() !== undefined)
    const reader = isSeen() as Reader
    await reader.stream.stopDraft(draftIn(reader) as DraftRow)
  }

  async until(what: string, isSo: (reader: Reader) => boolean): Promise<void> {
    for (const from = performance.now(); !this.#readers.every(isSo); ) {
      if (performance.now() - from > deadlineMs)
        throw new Error(`${what}: ${this.#readers.filter((one) => !isSo(one)).length} are not`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async close(): Promise<void> {
    for (const { letGo } of this.#readers) letGo()
    for (const link of this.links) await link.close()
  }

  #rowsOf({ stream }: Reader) {
    const { cid } = this.#expected ?? {}
    return stream.getSnapshot().messages.filter(({ message }) => message.cid === cid)
  }

  #look(reader: Reader): void {
    if (!this.#expected) return
    const rows = this.#rowsOf(reader)
    const [row] = rows
    if (!row) return
    this.steps += 1
    if (rows.length > 1) this.#faults.doubled += 1
    if (!this.#expected.whole.startsWith(row.message.message_data)) this.#faults.wrong += 1
    const key = this.#keys.get(reader)
    if (key !== undefined && key !== row.key) this.#faults.renamed += 1
    this.#keys.set(reader, row.key)
  }
}
