import type { LineManager } from '@dowellchat/protocol'
import { agentsOf } from '../delivery/audience.ts'
import type { ChangedRows } from '../delivery/changed-rows.ts'
import type { Lines } from '../delivery/lines.ts'
import type { SharedChanges } from '../delivery/shared-changes.ts'
import type { Logger } from '../logger.ts'
import type { Nodes } from '../nodes/nodes.ts'
import { Paced } from '../queues/paced.ts'
import { SerialQueues } from '../queues/serial-queues.ts'
import { followPeople } from '../sockets/follow-people.ts'
import type { People } from '../sockets/people.ts'
import { nameOf, type Place, placeNamed } from '../sockets/place.ts'
import type { ChatIo, ChatSocket } from '../sockets/socket.ts'
import type { Sockets } from '../sockets/sockets.ts'
import type { LineManagerStore } from '../stores/store.ts'
import { isoNow } from '../time.ts'

interface AttendanceParts {
  readonly io: ChatIo
  readonly sockets: Pick<Sockets, 'at'>
  readonly people: Pick<People, 'connected'>
  readonly nodes: Pick<Nodes, 'others' | 'hasBus' | 'onLeft'>
  readonly lineManagers: Pick<LineManagerStore, 'get' | 'list' | 'attend'>
  readonly lines: Pick<Lines, 'assign'>
  readonly rows: Pick<ChangedRows, 'announcements' | 'server'>
  readonly changes: Pick<SharedChanges, 'on'>
  /** Told of those who have become free, or are free no more. */
  readonly onChanged: (workspaceId: string, manager: LineManager) => void
  readonly logger: Logger
}

const lookMs = 200
/** How long those rest of whom not all servers have said whether they are there. */
const askAgainMs = 2_000
/** How long nothing is given again where that has failed. */
const giveAgainMs = 500
/** So many people are looked at side by side. */
const lookedAtOnce = 20
/** So many are asked about together whether they are still there. */
const askedAtOnce = 500

/**
 * Writes to the store whether line managers are there: they are while they have a connection, to whichever server, that has proved who
 * they are. Those of a server that has ended, or of the last run, are found by `lookForGone`.
 */
export class Attendance {
  readonly #parts: AttendanceParts
  /** The line managers who are connected to this server, as far as is written. */
  readonly #here = new Set<string>()
  readonly #due = new Set<string>()
  /** Those of whom not all servers have said whether they are there. */
  readonly #unsure = new Set<string>()
  #askAgain: NodeJS.Timeout | undefined
  /** Those whose last write may be stored although nobody was told: its answer is missing. */
  readonly #untold = new Set<string>()
  /** The workspaces in which nothing could be given yet to those who have come. */
  readonly #ungiven = new Set<string>()
  readonly #giving = new Paced(giveAgainMs, () => this.#giveAgain(), { isSparing: true })
  /** What is written of one person is written in its order. */
  readonly #turns = new SerialQueues()
  readonly #looking = new Paced(lookMs, () => this.#lookAtDue())
  #isFailing = false

  constructor(parts: AttendanceParts) {
    this.#parts = parts
    const nothing = (): void => undefined
    followPeople(parts.io.of('/').adapter, {
      user: (workspaceId, userId) => this.#note([workspaceId, userId]),
      stream: nothing,
      unwatched: nothing,
    })
    // Somebody who is here may have become one elsewhere, or a server that does not hear this one may have written that they are gone.
    parts.changes.on('line_manager_changed', ({ workspace_id, user_id, server }) => {
      if (server !== parts.rows.server) this.#note([workspace_id, user_id])
    })
    parts.nodes.onLeft(() => this.#noteUnsure())
  }

  /** Looks at once whether a line manager is here, and writes it. */
  look(workspaceId: string, userId: string): Promise<void> {
    return this.#lookInTurn([workspaceId, userId])
  }

  /**
   * Writes of those of a workspace who are said to be there and are nowhere that they are gone.
   * @param hasEnded whether a server may have ended since the last look
   */
  async lookForGone(workspaceId: string, hasEnded: boolean): Promise<void> {
    const { nodes, lineManagers } = this.#parts
    // Without a bus, servers know nothing of each other's people: the others write theirs back, who are gone for a moment.
    if (nodes.others.length > 0 && !nodes.hasBus && !hasEnded) return
    const all = await lineManagers.list(workspaceId)
    const places = all.filter(isSaidToBeThere).map(({ user_id }): Place => [workspaceId, user_id])
    for (let at = 0; at < places.length; at += askedAtOnce) {
      const some = places.slice(at, at + askedAtOnce)
      const { found, isCertain } = await this.#parts.people.connected(some)
      if (!isCertain) continue
      for (const [n, place] of some.entries()) if (!found.has(n)) await this.#lookInTurn(place, true)
    }
  }

  /** Resolves once nothing is being written. */
  async stop(): Promise<void> {
    clearTimeout(this.#askAgain)
    await this.#looking.stop()
    await this.#turns.idle()
    await this.#giving.stop()
  }

  #note(place: Place): void {
    // Whose connection comes is not in the room yet.
    this.#due.add(nameOf(place))
    this.#looking.want()
  }

  /** While the others are not heard, that may take as long as that lasts. */
  #noteLater(place: Place): void {
    this.#unsure.add(nameOf(place))
    this.#askAgain ??= setTimeout(() => this.#noteUnsure(), askAgainMs).unref()
  }

  #noteUnsure(): void {
    clearTimeout(this.#askAgain)
    this.#askAgain = undefined
    for (const name of this.#unsure) this.#note(placeNamed(name))
    this.#unsure.clear()
  }

  async #lookAtDue(): Promise<void> {
    const due = [...this.#due]
    this.#due.clear()
    for (let at = 0; at < due.length; at += lookedAtOnce)
      await Promise.all(due.slice(at, at + lookedAtOnce).map((name) => this.#lookSafely(name)))
    if (this.#due.size > 0) this.#looking.want()
  }

  async #lookSafely(name: string): Promise<void> {
    try {
      await this.look(...placeNamed(name))
      this.#isFailing = false
    } catch (error) {
      // Said once, however long it takes.
      if (!this.#isFailing)
        this.#parts.logger.warn({ error }, 'Whether line managers are there cannot be written')
      this.#isFailing = true
    }
  }

  /** Looks in the person's turn; where that fails, again soon. @param isGone whether all servers have said that they are not there */
  async #lookInTurn(place: Place, isGone = false): Promise<void> {
    try {
      await this.#turns.run(nameOf(place), () => this.#lookAt(place, isGone))
    } catch (error) {
      this.#note(place)
      throw error
    }
  }

  async #lookAt(place: Place, isGone: boolean): Promise<void> {
    const name = nameOf(place)
    const isUntold = this.#untold.has(name)
    // Customers come and go, which costs nothing.
    if (!isGone && !isUntold && !this.#here.has(name) && !this.#isHere(place)) return
    if (this.#isHere(place)) {
      this.#here.add(name)
      await this.#write(place, true)
      return
    }
    // Asked before anything is read: while the others do not answer, a look costs the store nothing.
    const { found, isCertain } = await this.#parts.people.connected([place])
    if (!isCertain && found.size === 0) {
      this.#noteLater(place)
      return
    }
    if (found.size === 0 || isUntold) await this.#write(place, found.size === 0 ? false : undefined)
    // Only then: what could not be written is looked at again.
    this.#here.delete(name)
  }

  /** @param is_connected undefined where another server writes it */
  async #write(place: Place, is_connected: boolean | undefined): Promise<void> {
    const [workspaceId, userId] = place
    const name = nameOf(place)
    const before = await this.#parts.lineManagers.get(workspaceId, userId)
    const isUntold = this.#untold.has(name)
    if (!before) {
      this.#here.delete(name)
      this.#untold.delete(name)
      return
    }
    if (!isUntold && !isNews(before, is_connected)) return
    this.#untold.add(name)
    const attendance = { at: isoNow(), ...(is_connected !== undefined && { is_connected }) }
    const data = await this.#parts.lineManagers.attend(workspaceId, userId, attendance)
    // It is told now, and once, whatever fails behind it.
    this.#untold.delete(name)
    if (data && (isUntold || isChanged(before, data))) await this.#tell(workspaceId, data)
  }

  async #tell(workspaceId: string, data: LineManager): Promise<void> {
    const { rows, onChanged } = this.#parts
    const announcements = rows.announcements(workspaceId)
    announcements.notify(agentsOf(workspaceId), 'line_manager_changed', { data })
    announcements.send()
    // What the log does not take now it gets later.
    await announcements.share()?.catch(() => {})
    onChanged(workspaceId, data)
    if (data.availability === 'online') await this.#give(workspaceId)
  }

  /** Gives what waits; where that fails, again later. */
  async #give(workspaceId: string): Promise<void> {
    const isAgain = this.#ungiven.delete(workspaceId)
    try {
      await this.#parts.lines.assign(workspaceId)
    } catch (error) {
      // Said once, however long it takes.
      if (!isAgain)
        this.#parts.logger.error({ workspace: workspaceId, error }, 'Waiting tickets cannot be assigned')
      this.#ungiven.add(workspaceId)
      this.#giving.want()
    }
  }

  async #giveAgain(): Promise<void> {
    for (const workspaceId of [...this.#ungiven]) await this.#give(workspaceId)
  }

  /** Whether somebody of the team is connected to this server under that id, and has proved it. V2's pages claim theirs. */
  #isHere([workspace_id, user_id]: Place): boolean {
    return this.#parts.sockets.at({ kind: 'user', workspace_id, user_id }).some(isProvedAgent)
  }
}

function isProvedAgent({ data: { session, credential, protocol } }: ChatSocket): boolean {
  const isProved = credential.kind === 'token' || credential.kind === 'server_key'
  return isProved && protocol !== undefined && session.role !== 'customer'
}

function isSaidToBeThere({ is_unmanaged, availability }: LineManager): boolean {
  return !is_unmanaged && availability !== 'offline'
}

/** What they have chosen stays: one who is offline by choice is written again, which changes nothing. */
function isNews(before: LineManager, is_connected: boolean | undefined): boolean {
  if (is_connected === undefined) return false
  return is_connected ? before.is_unmanaged || before.availability === 'offline' : isSaidToBeThere(before)
}

function isChanged(before: LineManager, after: LineManager): boolean {
  return after.availability !== before.availability || after.is_unmanaged !== before.is_unmanaged
}
