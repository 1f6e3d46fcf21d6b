import type { RequestName, Session } from '@dowellchat/protocol'
import { countedCache } from '../counted-cache.ts'
import type { Doubt } from '../delivery/announcements.ts'
import { isUnavailable } from '../stores/is-unavailable.ts'
import { fingerprint } from './fingerprint.ts'
import { readingEvents } from './reads.ts'

const mostDoubts = 10_000
/** Longer than a client repeats a request. */
const keptMs = 120_000

/**
 * The steps and requests of which the store did not say whether they were done. Whoever repeats one here has to announce what the first
 * try may have stored, since that try has announced nothing.
 */
export class Doubts {
  readonly #open = countedCache<string, true>(mostDoubts, keptMs)

  get isEmpty(): boolean {
    return this.#open.size === 0
  }

  isOpen(name: string): boolean {
    return this.#open.has(name)
  }

  open(name: string): void {
    this.#open.set(name, true)
  }

  close(name: string): boolean {
    return this.#open.delete(name)
  }

  /** Runs a step; answers also whether an earlier try of it was left in doubt. @param name the same for all its tries */
  async settle<Outcome>(
    name: string,
    run: () => Promise<Outcome>,
  ): Promise<{ readonly outcome: Outcome; readonly wasInDoubt: boolean }> {
    try {
      const outcome = await run()
      return { outcome, wasInDoubt: this.close(name) }
    } catch (error) {
      if (isUnavailable(error)) this.open(name)
      throw error
    }
  }
}

/** Those that are asked most often and whose repetition sends no row again: their failures push out no doubt about others. */
const sendsNoRow: ReadonlySet<RequestName> = new Set([
  'message_event',
  'send_messages',
  'ticket_message_event',
  'draft_message',
  'typing',
  'mark_read',
  'signalCall',
])

/** Whether a request only reads, or what it stores is no row that its repetition would send again. */
function isBeyondDoubt(name: RequestName): boolean {
  return name.startsWith('get_') || readingEvents.has(name) || sendsNoRow.has(name)
}

/** What was left in doubt of requests on a server alone: where several share a store, every repetition is sent again. */
export class RequestDoubts {
  // Of their own: the doubts about calls are not to be pushed out by them.
  readonly #doubts = new Doubts()

  /** Of one request, whoever asks for it again; undefined where there can be none. */
  of(name: RequestName | undefined, session: Session, payload: unknown): Doubt | undefined {
    if (name === undefined || isBeyondDoubt(name)) return undefined
    return new RequestDoubt(this.#doubts, name, session, payload)
  }
}

/** Made for each request: it has its name only where something is in doubt. */
class RequestDoubt implements Doubt {
  readonly #doubts: Doubts
  readonly #request: RequestName
  readonly #session: Session
  readonly #payload: unknown

  constructor(doubts: Doubts, request: RequestName, session: Session, payload: unknown) {
    this.#doubts = doubts
    this.#request = request
    this.#session = session
    this.#payload = payload
  }

  isOpen(): boolean {
    return !this.#doubts.isEmpty && this.#doubts.isOpen(this.#name())
  }

  open(): void {
    this.#doubts.open(this.#name())
  }

  close(): void {
    if (!this.#doubts.isEmpty) this.#doubts.close(this.#name())
  }

  #name(): string {
    const { workspace_id, user_id } = this.#session
    const { cid = '' } = this.#payload as { readonly cid?: string }
    return [this.#request, workspace_id, user_id, cid, fingerprint(this.#payload)].join('\n')
  }
}
