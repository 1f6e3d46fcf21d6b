import { hasMembers, limits, type Receipt, streamOwner } from '@dowellchat/protocol'
import type { Logger } from '../logger.ts'
import { type ReaderRow, type Store, type StreamKey, streamId, streamKeyOf } from '../stores/store.ts'
import { type Address, streamAddress } from './audience.ts'
import type { Notify } from './facts.ts'

interface ReceiptsParts {
  readonly store: Pick<Store, 'readers' | 'users'>
  readonly push: Notify
  /** Whether somebody on any server can have joined a stream. */
  readonly isHeard: (address: Address) => boolean
  /** Whether a workspace has receipts. */
  readonly areOn: (workspaceId: string) => boolean
  readonly logger: Logger
}

const tellMs = 1_000
/** Streams that are told of at once, and that wait. */
const together = 20
const mostWaiting = 10_000

/** Whether it is told in a stream who has read how far, as far as its kind says. */
export function hasReceipts(stream: string): boolean {
  const { kind, id } = streamOwner(stream)
  return kind === 'ticket' || (kind === 'room' && hasMembers(id))
}

/** Of some users, those who keep it to themselves how far they have read. */
export async function secretReaders(
  { users }: Pick<Store, 'users'>,
  workspaceId: string,
  userIds: readonly string[],
): Promise<ReadonlySet<string>> {
  const settings = await users.settings(workspaceId, userIds)
  return new Set(settings.filter(({ sends_receipts }) => !sends_receipts).map(({ user_id }) => user_id))
}

/** What others learn of how far somebody has read; nothing where they have read nothing. */
export function receiptsOf(rows: readonly ReaderRow[]): Receipt[] {
  const read = rows.filter(({ read_nth }) => read_nth > 0)
  return read.map(({ user_id, read_nth, read_at }) => ({ user_id, nth: read_nth, read_at }))
}

/** Tells those who have joined a stream that others have read further, at most once a second, where they are few enough. */
export class Receipts {
  readonly #parts: ReceiptsParts
  /** Who has read further, by the ids of streams. */
  #waiting = new Map<string, Set<string>>()
  #timer: NodeJS.Timeout | undefined
  #telling: Promise<void> = Promise.resolve()

  constructor(parts: ReceiptsParts) {
    this.#parts = parts
  }

  /** Notes that somebody has read further. */
  note(key: StreamKey, userId: string): void {
    const { areOn, isHeard } = this.#parts
    if (!hasReceipts(key.stream) || !areOn(key.workspace_id) || !isHeard(streamAddress(key))) return
    const id = streamId(key)
    const users = this.#waiting.get(id) ?? new Set()
    if (users.size === 0 && this.#waiting.size >= mostWaiting) return
    this.#waiting.set(id, users.add(userId))
    this.#timer ??= setTimeout(() => this.#tell(), tellMs).unref()
  }

  /** Resolves once nothing is told any more. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer)
    this.#waiting.clear()
    await this.#telling
  }

  #tell(): void {
    this.#timer = undefined
    const waiting = [...this.#waiting]
    this.#waiting = new Map()
    this.#telling = this.#telling.then(async () => {
      for (let at = 0; at < waiting.length; at += together)
        await Promise.all(
          waiting.slice(at, at + together).map(([id, users]) => this.#tellOf(streamKeyOf(id), users)),
        )
    })
  }

  async #tellOf(key: StreamKey, users: ReadonlySet<string>): Promise<void> {
    const { store, push, logger } = this.#parts
    const { workspace_id, stream } = key
    try {
      const rows = await store.readers.ofStream(workspace_id, stream, { limit: limits.receipt_users + 1 })
      if (rows.length > limits.receipt_users) return
      const ids = rows.map(({ user_id }) => user_id)
      const secret = await secretReaders(store, workspace_id, ids)
      const told = receiptsOf(rows.filter(({ user_id }) => users.has(user_id) && !secret.has(user_id)))
      if (told.length === 0) return
      const to = { addresses: [streamAddress(key)], exceptUsers: [...secret] }
      push(to, 'receipts', { stream, receipts: told })
    } catch (error) {
      // They are asked for whenever a conversation is opened.
      logger.warn({ error }, 'Who has read how far could not be told')
    }
  }
}
