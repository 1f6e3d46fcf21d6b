import type { SharedChanges } from '../delivery/shared-changes.ts'
import type { LastSeen } from '../identity/last-seen.ts'
import type { Limits } from '../limits.ts'
import type { Logger } from '../logger.ts'
import type { NodeMessages } from '../nodes/messages.ts'
import type { Nodes } from '../nodes/nodes.ts'
import { Paced } from '../queues/paced.ts'
import type { Store } from '../stores/store.ts'
import { followPeople } from './follow-people.ts'
import { People } from './people.ts'
import { nameOf, type Place, placeNamed } from './place.ts'
import { RoomPresence } from './room-presence.ts'
import { Sights } from './sights.ts'
import type { ChatIo } from './socket.ts'
import type { Sockets } from './sockets.ts'
import { UserPresence } from './user-presence.ts'

interface PresenceParts {
  readonly io: ChatIo
  readonly sockets: Sockets
  readonly nodes: Pick<
    Nodes,
    'tell' | 'on' | 'ask' | 'answer' | 'read' | 'others' | 'hasBus' | 'onLeft' | 'onMissed'
  >
  readonly changes: Pick<SharedChanges, 'on' | 'announce'>
  readonly store: Pick<Store, 'users' | 'blocks'>
  readonly lastSeen: Pick<LastSeen, 'left'>
  readonly limits: Pick<Limits, 'presenceMs'>
  readonly logger: Logger
}

/** How often everybody is looked at while messages of other servers are missing. */
const missedMs = 3_000
/** Of so many users, and of so many rooms, one message tells. */
const mostTold = 500
/** What has changed more than this is told as everything. */
const mostUntold = 5_000

type Told = Omit<NodeMessages['presence'], 'all'>

/**
 * Who is there: users on any of their devices, and people in rooms. That is kept nowhere but in the connections that there
 * are. A server says over the bus whose connections have come or gone; those to which sockets have connected that follow these
 * ask all servers again, and send what has changed. Where a message may be missing or a server has ended, they ask again too.
 */
export class Presence {
  readonly users: UserPresence
  readonly rooms: RoomPresence
  readonly sights: Sights
  readonly #parts: PresenceParts
  /** Who is connected. */
  readonly people: People
  /** What the other servers have not been told yet. */
  readonly #untold = { users: new Set<string>(), streams: new Set<string>(), settings: new Set<string>() }
  readonly #telling: Paced
  readonly #looking: Paced
  readonly #missing = new Paced(missedMs, async () => this.#onAll())
  #isFailing = false
  #isDraining = false

  constructor(parts: PresenceParts) {
    this.#parts = parts
    const { io, sockets, nodes, changes, store, limits } = parts
    this.#telling = new Paced(limits.presenceMs, async () => this.#tell())
    this.#looking = new Paced(limits.presenceMs, () => this.#look())
    const onDue = (): void => this.#looking.want()
    this.people = new People({ nodes, sockets })
    const shared = { people: this.people, sockets, onDue, users: store.users }
    this.users = new UserPresence(shared)
    this.rooms = new RoomPresence({ ...shared, blocks: store.blocks })
    this.sights = new Sights(store)
    followPeople(io.of('/').adapter, {
      user: (workspaceId, userId) => this.#onUser([workspaceId, userId]),
      stream: (workspaceId, stream) => this.#onStream([workspaceId, stream]),
      unwatched: (kind, workspaceId, id) =>
        (kind === 'presence' ? this.users : this.rooms).forget([workspaceId, id]),
    })
    nodes.on('presence', (told) => this.#onTold(told))
    nodes.onMissed(() => this.#missing.want())
    nodes.onLeft(() => this.#onLeft())
    changes.on('sight_changed', ({ workspace_id, user_id, other_id }) =>
      this.#onSightChanged(workspace_id, user_id, other_id),
    )
  }

  /** A user wants to be shown otherwise. */
  settingsChanged(workspaceId: string, userId: string): void {
    this.#add('settings', [workspaceId, userId])
    this.#onSettings([workspaceId, userId])
  }

  /**
   * What two users may see of each other has changed: they follow each other once they ask again. Without another, the user
   * follows nobody any more. On every server.
   */
  sightChanged(workspace_id: string, user_id: string, other_id: string | null): Promise<void> {
    return this.#parts.changes.announce({ kind: 'sight_changed', workspace_id, user_id, other_id })
  }

  /** From now on sockets of this server are not told who leaves it: all do, and ask again where they come back. */
  drain(): void {
    this.#isDraining = true
  }

  /** Tells the other servers what they have not been told; resolves once nothing is looked at any more. */
  async stop(): Promise<void> {
    await Promise.all([this.#telling.stop(), this.#looking.stop(), this.#missing.stop()])
    this.#tell()
  }

  #onUser(place: Place): void {
    if (!this.people.isHere(place)) this.#parts.lastSeen.left(...place)
    this.#add('users', place)
    if (!this.#isDraining && this.users.note(place)) this.#looking.want()
  }

  #onStream(place: Place): void {
    this.#add('streams', place)
    if (!this.#isDraining && this.rooms.note(place)) this.#looking.want()
  }

  #onSettings(place: Place): void {
    const [workspaceId, userId] = place
    this.sights.forget(workspaceId, userId)
    if (this.users.note(place, true)) this.#looking.want()
    // Rooms name only those who want to be shown.
    for (const key of this.#parts.sockets.streamsOf(workspaceId, userId))
      if (key.stream.startsWith('room:')) this.#onStream([key.workspace_id, key.stream])
  }

  #onSightChanged(workspaceId: string, userId: string, otherId: string | null): void {
    const { sockets } = this.#parts
    sockets.stopFollowing(workspaceId, userId, otherId)
    this.sights.forget(workspaceId, userId)
    if (otherId === null) return
    sockets.stopFollowing(workspaceId, otherId, userId, ['presence', 'watchers'])
    this.sights.forget(workspaceId, otherId)
  }

  #add(what: keyof Told, place: Place): void {
    const { nodes } = this.#parts
    if (nodes.others.length === 0 || !nodes.hasBus) return
    const untold = this.#untold[what]
    if (untold.size <= mostUntold) untold.add(nameOf(place))
    this.#telling.want()
  }

  #tell(): void {
    const { users, streams, settings } = this.#untold
    const all = [users, streams, settings].some((one) => one.size > mostUntold)
    const [some, rooms, changed] = [users, streams, settings].map(taken) as [Place[], Place[], Place[]]
    if (all) for (const one of [users, streams, settings]) one.clear()
    if (!all && some.length + rooms.length + changed.length === 0) return
    this.#parts.nodes.tell('presence', {
      users: some.map(tuple),
      streams: rooms.map(tuple),
      settings: changed.map(tuple),
      all,
    })
    if (users.size + streams.size + settings.size > 0) this.#telling.want()
  }

  #onTold({ users, streams, settings, all }: NodeMessages['presence']): void {
    for (const place of settings) this.#onSettings(place)
    const followed = [
      ...users.map((place) => this.users.note(place)),
      ...streams.map((place) => this.rooms.note(place)),
    ]
    if (all) this.#onAll()
    if (followed.includes(true)) this.#looking.want()
  }

  #onAll(): void {
    this.users.noteAll({ onlyConnected: false })
    this.rooms.noteAll()
    if (this.users.isDue || this.rooms.isDue) this.#looking.want()
  }

  /** Its people are gone, unless they are elsewhere too. */
  #onLeft(): void {
    this.users.noteAll({ onlyConnected: true })
    this.rooms.noteAll()
    if (this.users.isDue || this.rooms.isDue) this.#looking.hurry()
  }

  async #look(): Promise<void> {
    try {
      await Promise.all([this.users.look(), this.rooms.look()])
      this.#isFailing = false
    } catch (error) {
      if (!this.#isFailing) this.#parts.logger.warn({ error }, 'Who is there could not be looked up')
      this.#isFailing = true
    }
    if (this.users.isDue || this.rooms.isDue) this.#looking.want()
  }
}

/** The first of what waits, which waits no more. */
function taken(names: Set<string>): Place[] {
  const some = [...names].slice(0, mostTold)
  for (const name of some) names.delete(name)
  return some.map(placeNamed)
}

function tuple([workspaceId, id]: Place): [string, string] {
  return [workspaceId, id]
}
