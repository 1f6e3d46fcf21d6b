import type { Limits } from '../limits.ts'
import type { Logger } from '../logger.ts'
import type { Meter } from '../metrics/meter.ts'
import type { Nodes } from '../nodes/nodes.ts'
import { within } from '../queues/within.ts'
import type { People } from '../sockets/people.ts'
import { missedCallsOf } from '../stores/fields/deliveries.ts'
import type { Store, StreamKey } from '../stores/store.ts'
import { dateNow, isoNow, repeat } from '../time.ts'
import type { Resolve } from './addresses.ts'
import { Courier } from './courier.ts'
import { digestOf } from './digest.ts'
import { type Follower, isoAt } from './follower.ts'
import { followersOf } from './followers.ts'
import { Lease } from './lease.ts'
import { NotedStreams } from './noted-streams.ts'
import type { Webhook } from './options.ts'
import { Unnoted } from './unnoted.ts'
import type { KeptCall, OnUnread } from './unread-events.ts'

/** What follows streams from outside. */
export interface WebhookSetting {
  readonly webhooks: readonly Webhook[]
  readonly onUnread: OnUnread | undefined
  /** Finds addresses, for tests. */
  readonly resolve?: Resolve | undefined
}

interface WebhooksParts extends WebhookSetting {
  readonly store: Store
  readonly nodes: Pick<Nodes, 'id' | 'others' | 'onLeft'>
  readonly people: Pick<People, 'connected'>
  readonly workspaces: { readonly ids: readonly string[] }
  readonly limits: Pick<Limits, 'webhookMs' | 'unreadMs'>
  readonly logger: Logger
  readonly meter: Meter | undefined
}

const lookMs = 1_000
/** By then it is written what somebody is called who has only just connected (`identity/last-seen.ts`). */
const namedMs = 2_000
const hourMs = 60 * 60 * 1_000
/** How long a server that stops waits for receivers. */
const patienceMs = 2_000

/**
 * Delivers what happens in streams to webhooks, and who has not seen it. Which streams there is something to deliver of is
 * noted in the store, behind the messages; one server of those on a store delivers to each webhook.
 */
export class Webhooks {
  readonly #parts: WebhooksParts
  readonly #followers: readonly Follower[]
  readonly #couriers: readonly Courier[]
  readonly #noted: NotedStreams
  readonly #unnoted: Unnoted
  /** Since when followers follow workspaces. */
  readonly #since = new Map<string, string>()
  readonly #abort = new AbortController()
  #timers: (() => void)[] = []

  constructor(parts: WebhooksParts) {
    const { store, nodes, logger, meter, workspaces } = parts
    this.#parts = parts
    this.#followers = followersOf({ ...parts, signal: this.#abort.signal })
    const sinceOf = (follower: Follower, workspaceId: string) => this.#sinceOf(follower, workspaceId)
    this.#noted = new NotedStreams({
      store: store.deliveries,
      followers: this.#followers,
      sinceOf,
      onNoted: () => this.#look(),
      // Nobody else knows of it.
      onMissed: () => this.#lookForUnnoted(),
      logger,
    })
    const ids = () => workspaces.ids
    this.#unnoted = new Unnoted({ store, noted: this.#noted, workspaces: ids, sinceOf, logger })
    this.#couriers = this.#followers.map(
      (follower) =>
        new Courier({
          follower,
          store: store.deliveries,
          lease: new Lease(`webhook ${follower.id}`, store.leases, nodes),
          onBegin: () => this.#unnoted.look(follower),
          logger,
          meter,
        }),
    )
    // What it has appended last it may not have noted.
    if (this.#followers.length > 0) nodes.onLeft(() => this.#search())
  }

  /** Whether missed calls are told. */
  get tellsCalls(): boolean {
    return this.#followers.some(({ delayMs }) => delayMs > 0)
  }

  /** Begins to follow the workspaces, before anybody writes to them, and to deliver. */
  async start(): Promise<void> {
    if (this.#followers.length === 0) return
    const now = isoNow()
    for (const follower of this.#followers)
      for (const id of this.#parts.workspaces.ids)
        if (follower.hasWorkspace(id))
          this.#since.set(
            nameOf(follower, id),
            await this.#parts.store.deliveries.follow(id, follower.id, now),
          )
    this.#timers = [repeat(() => this.#look(), lookMs), repeat(() => this.#search(), hourMs)]
    this.#look()
  }

  /** A stream has got entries, which this server has appended. */
  grew(key: StreamKey, head: number): void {
    if (this.#followers.length > 0) this.#noted.grew(key, head)
  }

  /** Somebody was called, and has not answered. */
  missedCall(workspaceId: string, call: Omit<KeptCall, 'at'>): void {
    const at = isoNow()
    const due_at = isoAt(dateNow() + namedMs)
    const kept: KeptCall = { ...call, at }
    // One at a time for each two people, by a name as short as those of streams.
    const stream = missedCallsOf(digestOf(call.caller, call.user_id))
    for (const follower of this.#followers)
      if (follower.delayMs > 0 && follower.hasWorkspace(workspaceId))
        this.#noted.add(workspaceId, {
          consumer: follower.id,
          stream,
          since: at,
          head: 1,
          due_at,
          event_text: JSON.stringify(kept),
        })
  }

  /** Resolves once nothing is noted or delivered any more. What receivers have not answered by then is cut off. */
  async stop(): Promise<void> {
    for (const stop of this.#timers) stop()
    await this.#unnoted.stop()
    await this.#noted.stop()
    const stopped = Promise.all(this.#couriers.map((courier) => courier.stop()))
    await within(patienceMs, stopped)
    this.#abort.abort()
    await stopped
  }

  #look(): void {
    for (const courier of this.#couriers) courier.look()
  }

  #lookForUnnoted(): void {
    for (const follower of this.#followers) this.#unnoted.look(follower)
  }

  #search(): void {
    for (const [at, follower] of this.#followers.entries())
      if (this.#couriers[at]?.isDelivering) this.#unnoted.look(follower)
  }

  #sinceOf(follower: Follower, workspaceId: string): string {
    return this.#since.get(nameOf(follower, workspaceId)) ?? isoNow()
  }
}

function nameOf({ id }: Follower, workspaceId: string): string {
  return `${id}\n${workspaceId}`
}
