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
  readonly nodes: Pick<Nodes, 'others' | 'hasBus'>
  readonly lineManagers: Pick<LineManagerStore, 'get' | 'list' | 'attend'>
  readonly lines: Pick<Lines, 'assign'>
  readonly rows: Pick<ChangedRows, 'announcements' | 'server'>
  readonly changes: Pick<SharedChanges, 'on'>
  /** Told of those who have become free, or are free no more. */
  readonly onChanged: (workspaceId: string, manager: LineManager) => void
  readonly logger: Logger
}

const lookMs = 200
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
  }

  /** Looks at once whether a line manager is here, and writes it. */
  look(workspaceId: string, userId: string): Promise<void> {
    const place: Place = [workspaceId, userId]
    return this.#turns.run(nameOf(place), () => this.#lookAt(place))
  }

  /** Writes of those of a workspace who are said to be there and are nowhere that they are gone. */
  async lookForGone(workspaceId: string): Promise<void> {
    const { nodes, lineManagers } = this.#parts
    // Without a bus, servers know nothing of each other's people.
    if (nodes.others.length > 0 && !nodes.hasBus) return
    const all = await lineManagers.list(workspaceId)
    const places = all.filter(isSaidToBeThere).map(({ user_id }): Place => [workspaceId, user_id])
    for (let at = 0; at < places.length; at += askedAtOnce) {
      const some = places.slice(at, at + askedAtOnce)
      const { found, isCertain } = await this.#parts.people.connected(some)
      if (!isCertain) continue
      for (const [n, place] of some.entries())
        if (!found.has(n)) await this.#turns.run(nameOf(place), () => this.#lookAt(place, true))
    }
  }

  /** Resolves once nothing is being written. */
  async stop(): Promise<void> {
    await this.#looking.stop()
    await this.#turns.idle()
  }

  #note(place: Place): void {
    // Whose connection comes is not in the room yet.
    this.#due.add(nameOf(place))
    this.#looking.want()
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
      this.#due.add(name)
    }
  }

  /** @param isGone whether all servers have said that they are not there */
  async #lookAt(place: Place, isGone = false): Promise<void> {
    const [workspaceId, userId] = place
    // Customers come and go, which costs nothing.
    if (!isGone && !this.#here.has(nameOf(place)) && !this.#isHere(place)) return
    const before = await this.#parts.lineManagers.get(workspaceId, userId)
    if (!before) {
      this.#here.delete(nameOf(place))
      return
    }
    if (this.#isHere(place)) {
      this.#here.add(nameOf(place))
      // What they have chosen stays: one who is offline by choice is written again, which changes nothing.
      if (before.is_unmanaged || before.availability === 'offline')
        await this.#write(before, true, workspaceId)
      return
    }
    const { found, isCertain } = await this.#parts.people.connected([place])
    if (!isCertain && found.size === 0) {
      this.#note(place)
      return
    }
    if (found.size === 0 && isSaidToBeThere(before)) await this.#write(before, false, workspaceId)
    // Only then: what could not be written is looked at again.
    this.#here.delete(nameOf(place))
  }

  async #write(before: LineManager, is_connected: boolean, workspaceId: string): Promise<void> {
    const { lineManagers, rows, lines, onChanged } = this.#parts
    const data = await lineManagers.attend(workspaceId, before.user_id, { is_connected, at: isoNow() })
    if (!data) return
    const isSame = data.availability === before.availability && data.is_unmanaged === before.is_unmanaged
    if (isSame) return
    const announcements = rows.announcements(workspaceId)
    announcements.notify(agentsOf(workspaceId), 'line_manager_changed', { data })
    announcements.send()
    await announcements.share()
    onChanged(workspaceId, data)
    if (data.availability === 'online') await lines.assign(workspaceId)
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
