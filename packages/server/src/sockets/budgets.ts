import { RequestError } from '../errors.ts'
import { networkOf } from '../identity/address.ts'
import { isAnybody, provedUser } from '../identity/identity.ts'
import type { Refusals } from '../identity/refusals.ts'
import type { AllLimits } from '../limits.ts'
import type { Nodes } from '../nodes/nodes.ts'
import { Bucket, type Rate, SharedBuckets } from '../queues/buckets.ts'
import { TurnShares } from '../queues/turn-shares.ts'
import type { Dialects } from './dialects/index.ts'
import { dismiss } from './dismiss.ts'
import { shareSpending } from './shared-spending.ts'
import type { ChatSocket } from './socket.ts'
import { type BudgetParts, SocketBudget } from './socket-budget.ts'
import { cut, goOnReading, stopReading } from './transport.ts'

interface BudgetsParts extends Pick<BudgetParts, 'run' | 'meter' | 'inFlightOfAll'> {
  readonly limits: AllLimits
  readonly dialects: Dialects
  readonly refusals: Refusals
  readonly nodes: Nodes
  /** Milliseconds of a clock that only goes forward. */
  readonly now?: () => number
}

/** How long a connection that is closed for abuse has to take why, behind all that waits for it, and to go by itself. */
const farewellMs = 1_000

const drainedOfATurn = { ofOne: 16, ofAll: 16 }

/** How much of a workspace's points those may take whom nothing proves: agents and users are served while they flood. */
const guestsShare = 0.75

/**
 * What each socket, user, address and workspace may ask for. Servers that hear each other count users and workspaces together,
 * about a second late; each counts addresses for itself.
 */
export class Budgets {
  readonly #limits: AllLimits
  readonly #dialects: Dialects
  readonly #refusals: Refusals
  readonly #parts: BudgetParts
  readonly #ofSockets: Rate
  readonly #ofAddresses: Rate
  readonly #budgets = new WeakMap<ChatSocket, SocketBudget>()
  readonly #users = new SharedBuckets()
  readonly #addresses = new SharedBuckets()
  readonly #workspaces = new SharedBuckets()

  readonly #stopSharing: () => void

  constructor(parts: BudgetsParts) {
    const { limits, dialects, refusals, nodes, run, meter, inFlightOfAll } = parts
    const { now = () => performance.now() } = parts
    const { server } = limits
    this.#limits = limits
    this.#dialects = dialects
    this.#refusals = refusals
    this.#stopSharing = shareSpending({ nodes, users: this.#users, workspaces: this.#workspaces, now })
    this.#ofSockets = { burst: server.socketPoints, perSecond: server.socketPointsPerSecond }
    this.#ofAddresses = { burst: server.addressPoints, perSecond: server.addressPointsPerSecond }
    this.#parts = {
      limits: server,
      run,
      meter,
      now,
      turns: new TurnShares(drainedOfATurn),
      inFlightOfAll,
      pursesOf: ({ data }, id, at) => ({
        workspace: this.#workspaces.get(id, this.#ofWorkspace(id), at),
        guests: isAnybody(data) ? this.#workspaces.get(guestsOf(id), this.#ofGuests(id), at) : undefined,
      }),
      onFlood(socket, waitMs) {
        stopReading(socket)
        setTimeout(goOnReading, waitMs, socket).unref()
      },
      onAbuse: (socket, budget, why) => this.#endAbuse(socket, budget, why),
    }
  }

  /** Ends what servers tell each other of budgets. */
  stop(): void {
    this.#stopSharing()
  }

  /** Gives a socket its budget, once it is connected. */
  open(socket: ChatSocket): void {
    const { session, address } = socket.data
    const user = provedUser(socket.data)
    const now = this.#parts.now()
    const { workspace_id } = session
    const purses = {
      connection: new Bucket(this.#ofSockets, now),
      user: user === undefined ? undefined : this.#users.hold(user, this.#ofUser(workspace_id), now),
      address: this.#addresses.hold(networkOf(address), this.#ofAddresses, now),
      workspace: this.#workspaces.hold(workspace_id, this.#ofWorkspace(workspace_id), now),
      guests: isAnybody(socket.data)
        ? this.#workspaces.hold(guestsOf(workspace_id), this.#ofGuests(workspace_id), now)
        : undefined,
    }
    this.#budgets.set(socket, new SocketBudget(this.#parts, socket, this.#dialects.of(socket), purses))
  }

  /** Runs an event of a socket, lets it wait, or refuses it. */
  take(socket: ChatSocket, event: unknown, args: unknown[]): void {
    this.#budgets.get(socket)?.take(event, args)
  }

  /** How many requests of a socket are not answered yet. */
  unansweredOf(socket: ChatSocket): number {
    return this.#budgets.get(socket)?.unanswered ?? 0
  }

  /** How many requests of a socket wait behind others. */
  waitingOf(socket: ChatSocket): number {
    return this.#budgets.get(socket)?.waiting ?? 0
  }

  /** Lets go of what a socket shares with others. */
  release(socket: ChatSocket): void {
    const { session, address } = socket.data
    const user = provedUser(socket.data)
    if (user !== undefined) this.#users.release(user)
    this.#addresses.release(networkOf(address))
    this.#workspaces.release(session.workspace_id)
    if (isAnybody(socket.data)) this.#workspaces.release(guestsOf(session.workspace_id))
  }

  /** Closes a connection that breaks socket.io's protocol again and again. */
  endBroken(socket: ChatSocket, why: string): void {
    const budget = this.#budgets.get(socket)
    if (budget) this.#endAbuse(socket, budget, why)
  }

  #endAbuse(socket: ChatSocket, budget: SocketBudget, why: string): void {
    budget.close()
    this.#parts.meter?.refused('abuse')
    const retryAfterMs = this.#refusals.countAbuse(socket.data)
    const text = `The connection is closed: ${why}. Try again in ${Math.ceil(retryAfterMs / 1_000)} s.`
    dismiss(socket, budget.dialect, new RequestError('rate_limited', text, 'abuse', retryAfterMs))
    stopReading(socket)
    setTimeout(cut, farewellMs, socket).unref()
  }

  #ofUser(workspaceId: string): Rate {
    const { userPoints, userPointsPerSecond } = this.#limits.of(workspaceId)
    return { burst: userPoints, perSecond: userPointsPerSecond }
  }

  #ofWorkspace(workspaceId: string): Rate {
    const { workspacePoints, workspacePointsPerSecond } = this.#limits.of(workspaceId)
    return { burst: workspacePoints, perSecond: workspacePointsPerSecond }
  }

  #ofGuests(workspaceId: string): Rate {
    const { burst, perSecond } = this.#ofWorkspace(workspaceId)
    return { burst: burst * guestsShare, perSecond: perSecond * guestsShare }
  }
}

/** The key of the bucket of a workspace's guests. */
function guestsOf(workspaceId: string): string {
  return `guests\n${workspaceId}`
}
