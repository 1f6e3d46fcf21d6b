import type { ChatStorage } from '../connection/guest-tokens.ts'
import type { Attachment } from '../entities.ts'
import type { RequestError } from '../errors.ts'
import type { Extras } from './outgoing.ts'

/** An unsent message as it is kept. */
export interface KeptMessage {
  readonly cid: string
  readonly stream: string
  readonly message_data: string
  readonly reply_to: string | null
  readonly created_at: string
  readonly extras?: Extras
  /** Why it failed, if it has. */
  readonly error?: Pick<RequestError, 'code' | 'message' | 'retryable' | 'details'>
  /** Whether it has left the client: it may be stored. Earlier versions do not say. */
  readonly isSent?: true
}

/** The unsent messages of one client in the storage, which it alone writes. */
export interface KeptBox {
  /** Puts a message behind the others; one that is there already is replaced in its place. */
  readonly put: (message: KeptMessage) => void
  readonly remove: (cid: string) => void
  /** Resolves when all changes are written, or could not be. */
  readonly written: () => Promise<void>
  /** Whether the storage has everything that was put. */
  readonly isComplete: () => boolean
  readonly isEmpty: () => boolean
}

interface Chunk {
  readonly messages: Map<string, KeptMessage>
  characters: number
}

/** A change rewrites one chunk, so that a thousand messages do not write the whole queue a thousand times. */
const mostMessages = 20
const mostCharacters = 32_768

const charactersOf = ({ message_data, extras }: KeptMessage): number =>
  message_data.length + JSON.stringify(extras ?? '').length

const chunkKey = (name: string, n: number): string => `${name} ${n}`

/**
 * Keeps messages in numbered chunks below a name. Changes are written together, after the turn in which they were made.
 * @param beforeWrite runs before each writing; answers whether the storage may have nothing of the box, or rejects where nobody
 * would find it
 * @param onWritten also gets why the storage took something not
 */
export function createKeptBox(
  storage: ChatStorage,
  name: string,
  { beforeWrite, onWritten }: { beforeWrite(): Promise<boolean>; onWritten(failure: unknown): void },
): KeptBox {
  const chunks = new Map<number, Chunk>()
  const chunkOf = new Map<string, number>()
  const dirty = new Set<number>()
  const missing = new Set<number>()
  let last = 0
  let writtenLast = 0
  let writing: Promise<void> | undefined

  function placeFor(message: KeptMessage): Chunk {
    const known = chunkOf.get(message.cid)
    const current = chunks.get(known ?? last)
    const isFull = !current || current.messages.size >= mostMessages || current.characters >= mostCharacters
    if (current && (known !== undefined || !isFull)) return current
    last += 1
    const chunk = { messages: new Map(), characters: 0 }
    chunks.set(last, chunk)
    return chunk
  }

  function touch(n: number): void {
    dirty.add(n)
    begin()
  }

  function begin(): void {
    writing ??= Promise.resolve()
      .then(write)
      .then((failure) => {
        writing = undefined
        // What was changed after the last look.
        if (dirty.size > 0) begin()
        onWritten(failure)
      })
  }

  async function write(): Promise<unknown> {
    let failure: unknown
    while (dirty.size > 0) {
      try {
        if (await beforeWrite()) renew()
      } catch (error) {
        for (const n of dirty) missing.add(n)
        dirty.clear()
        return error
      }
      // Before the number is written: chunks that are made meanwhile wait for theirs.
      const changed = [...dirty]
      // First, so that no chunk stays that nobody finds.
      if (writtenLast < last) {
        const next = last
        await storage.set(name, `${next}`).then(
          () => (writtenLast = next),
          (error: unknown) => (failure = error),
        )
      }
      for (const n of changed) {
        dirty.delete(n)
        await writeChunk(n).catch((error: unknown) => {
          missing.add(n)
          failure = error
        })
      }
    }
    return failure
  }

  function renew(): void {
    writtenLast = 0
    for (const n of [...chunks.keys(), ...missing]) dirty.add(n)
  }

  async function writeChunk(n: number): Promise<void> {
    const chunk = chunks.get(n)
    missing.delete(n)
    const key = chunkKey(name, n)
    await (chunk ? storage.set(key, JSON.stringify([...chunk.messages.values()])) : storage.remove(key))
  }

  return {
    put(message) {
      const chunk = placeFor(message)
      const n = chunkOf.get(message.cid) ?? last
      chunkOf.set(message.cid, n)
      const before = chunk.messages.get(message.cid)
      chunk.messages.set(message.cid, message)
      chunk.characters += charactersOf(message) - (before ? charactersOf(before) : 0)
      touch(n)
    },
    remove(cid) {
      const n = chunkOf.get(cid)
      if (n === undefined) return
      const chunk = chunks.get(n)
      chunkOf.delete(cid)
      chunk?.messages.delete(cid)
      if (chunk?.messages.size === 0) chunks.delete(n)
      // The numbers at the end are used again: every one that was ever used is read by the next client.
      while (last > 0 && !chunks.has(last)) last -= 1
      touch(n)
    },
    async written() {
      while (writing) await writing
    },
    isComplete() {
      const isWritten = missing.size === 0 && writtenLast >= last
      // A storage that takes nothing has all of nothing.
      return dirty.size === 0 && !writing && (isWritten || chunkOf.size === 0)
    },
    isEmpty: () => chunkOf.size === 0,
  }
}

/** What a box has in the storage. */
export async function readBox(storage: ChatStorage, name: string): Promise<readonly KeptMessage[]> {
  const found: KeptMessage[] = []
  const last = Number((await storage.get(name)) ?? 0)
  for (let n = 1; n <= last; n++) found.push(...readMessages(await storage.get(chunkKey(name, n))))
  return found
}

/** Removes a box and all that it has. */
export async function removeBox(storage: ChatStorage, name: string): Promise<void> {
  const last = Number((await storage.get(name)) ?? 0)
  for (let n = 1; n <= last; n++) await storage.remove(chunkKey(name, n))
  await storage.remove(name)
}

/** Anything may stand in a storage. */
function readMessages(text: string | null | undefined): readonly KeptMessage[] {
  try {
    const list: unknown = JSON.parse(text ?? '[]')
    return Array.isArray(list) ? list.filter(isMessage) : []
  } catch {
    return []
  }
}

function isMessage(value: unknown): value is KeptMessage {
  const one = (value ?? {}) as Partial<Record<keyof KeptMessage, unknown>>
  const texts = [one.cid, one.stream, one.message_data, one.created_at]
  const { quote, attachments } = (one.extras ?? {}) as {
    quote?: { message_data?: unknown }
    attachments?: unknown
  }
  const isShown = quote === undefined || typeof quote?.message_data === 'string'
  return isShown && areFiles(attachments) && texts.every((text) => typeof text === 'string')
}

function areFiles(value: unknown): boolean {
  const isFile = (one: unknown): boolean => {
    const { upload_id, name, type, size } = (one ?? {}) as Partial<Record<keyof Attachment, unknown>>
    return [upload_id, name, type].every((text) => typeof text === 'string') && typeof size === 'number'
  }
  return value === undefined || (Array.isArray(value) && value.every(isFile))
}
