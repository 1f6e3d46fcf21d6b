import type { Presence } from '@dowellchat/protocol'
import { grouped } from '../stores/grouped.ts'
import type { UserSettings, UserStore } from '../stores/store.ts'
import { isoNow } from '../time.ts'
import type { People } from './people.ts'
import { nameOf, type Place, placeNamed } from './place.ts'
import { ownPresence, shownPresence } from './shown-presence.ts'
import type { Sockets } from './sockets.ts'

interface UserPresenceParts {
  readonly people: Pick<People, 'connected'>
  readonly sockets: Pick<Sockets, 'push' | 'hasAny' | 'at'>
  readonly users: Pick<UserStore, 'settings'>
  /** Called where somebody has to be looked at. */
  readonly onDue: () => void
}

/** What the followers of a user on this server were sent last. */
interface Told {
  readonly isConnected: boolean
  /** Without the time, which is known better once it is stored. */
  readonly shown: string
}

interface Due {
  readonly place: Place
  readonly hasNewSettings: boolean
}

/** So many are read together. */
const readAtOnce = 500

/** Which users are there, for the sockets of this server that follow them. */
export class UserPresence {
  readonly #parts: UserPresenceParts
  /** Of those who are followed. */
  readonly #told = new Map<string, Told>()
  readonly #due = new Map<string, Due>()

  constructor(parts: UserPresenceParts) {
    this.#parts = parts
  }

  get isDue(): boolean {
    return this.#due.size > 0
  }

  /** Notes that something may have changed; answers whether that concerns a socket of this server. */
  note(place: Place, hasNewSettings = false): boolean {
    const [workspace_id, user_id] = place
    const isFollowed = this.#parts.sockets.hasAny([
      { kind: 'presence', workspace_id, user_id },
      ...(hasNewSettings ? [{ kind: 'user', workspace_id, user_id } as const] : []),
    ])
    if (!isFollowed) return false
    const name = nameOf(place)
    this.#due.set(name, {
      place,
      hasNewSettings: hasNewSettings || (this.#due.get(name)?.hasNewSettings ?? false),
    })
    return true
  }

  /** Notes all who are followed, or those of them who were connected. */
  noteAll({ onlyConnected }: { readonly onlyConnected: boolean }): void {
    for (const [name, { isConnected }] of this.#told)
      if (isConnected || !onlyConnected) this.note(placeNamed(name))
  }

  /** Nobody follows a user any more. */
  forget(place: Place): void {
    this.#told.delete(nameOf(place))
  }

  /** The presences of users, in their order, as others see them. */
  async of(workspaceId: string, userIds: readonly string[]): Promise<Presence[]> {
    const places = userIds.map((id): Place => [workspaceId, id])
    const [{ found, isCertain }, settings] = await Promise.all([
      this.#parts.people.connected(places),
      this.#settingsOf(workspaceId, userIds),
    ])
    return userIds.map((id, at) => {
      const known = this.#told.get(nameOf([workspaceId, id]))
      const isConnected = found.has(at) || (!isCertain && (known?.isConnected ?? false))
      const presence = shownPresence(id, isConnected, settings.get(id))
      this.#answered([workspaceId, id], isConnected, presence)
      return presence
    })
  }

  /** Looks at those who are due, and sends what has changed; those who cannot be looked at stay due. */
  async look(): Promise<void> {
    const due = [...this.#due.values()]
    this.#due.clear()
    for (const [workspaceId, all] of grouped(due, ({ place: [id] }) => id))
      for (let at = 0; at < all.length; at += readAtOnce)
        await this.#lookAt(workspaceId, all.slice(at, at + readAtOnce))
  }

  async #lookAt(workspaceId: string, due: readonly Due[]): Promise<void> {
    try {
      const { found, isCertain } = await this.#parts.people.connected(due.map(({ place }) => place))
      const isKnown = (at: number): boolean => found.has(at) || isCertain
      for (const [at, { place }] of due.entries()) if (!isKnown(at)) this.note(place)
      const known = due.flatMap((one, at) =>
        isKnown(at) || one.hasNewSettings
          ? { ...one, isConnected: this.#isThere(one, found.has(at), isCertain) }
          : [],
      )
      const settings = await this.#settingsOf(
        workspaceId,
        known.map(({ place: [, id] }) => id),
      )
      this.#send(workspaceId, known, settings)
    } catch (error) {
      for (const { place, hasNewSettings } of due) this.note(place, hasNewSettings)
      throw error
    }
  }

  #isThere({ place }: Due, isFound: boolean, isCertain: boolean): boolean {
    return isFound || (!isCertain && (this.#told.get(nameOf(place))?.isConnected ?? false))
  }

  #send(
    workspace_id: string,
    looked: readonly (Due & { readonly isConnected: boolean })[],
    settings: ReadonlyMap<string, UserSettings>,
  ): void {
    const changed: Presence[] = []
    for (const { place, hasNewSettings, isConnected } of looked) {
      const [, user_id] = place
      const told = this.#told.get(nameOf(place))
      // The end of their connection is stored later than it is told.
      const lastSeen = told?.isConnected && !isConnected ? isoNow() : undefined
      const presence = shownPresence(user_id, isConnected, settings.get(user_id), lastSeen)
      if (hasNewSettings) this.#sendOwn(workspace_id, ownPresence(user_id, settings.get(user_id)))
      if (told?.shown === shownOf(presence)) continue
      changed.push(presence)
      this.#tell(place, isConnected, presence)
    }
    this.#sendTogether(workspace_id, changed)
  }

  #sendOwn(workspace_id: string, presence: Presence): void {
    const to = { addresses: [{ kind: 'user', workspace_id, user_id: presence.user_id } as const] }
    this.#parts.sockets.push(to, 'presence_changed', { presences: [presence] })
  }

  /** Each socket gets one push with all that it follows; sockets that follow the same people share it. */
  #sendTogether(workspace_id: string, changed: readonly Presence[]): void {
    const { sockets } = this.#parts
    const followed = new Map<string, number[]>()
    for (const [at, { user_id }] of changed.entries())
      for (const { id } of sockets.at({ kind: 'presence', workspace_id, user_id }))
        followed.set(id, [...(followed.get(id) ?? []), at])
    for (const group of grouped(followed, ([, indexes]) => indexes.join()).values()) {
      const [[, indexes] = ['', []]] = group
      const presences = indexes.flatMap((at) => changed[at] ?? [])
      const to = { addresses: group.map(([id]) => ({ kind: 'socket', workspace_id, id }) as const) }
      sockets.push(to, 'presence_changed', { presences })
    }
  }

  /** What somebody gets who asks may not be what the others have, or be old by now: then it is looked at again. */
  #answered(place: Place, isConnected: boolean, presence: Presence): void {
    const told = this.#told.get(nameOf(place))
    this.#tell(place, isConnected, presence)
    if (!told || told.shown === shownOf(presence)) return
    // Everybody is sent what there is next, whatever it is.
    this.#told.set(nameOf(place), { isConnected, shown: '' })
    if (this.note(place)) this.#parts.onDue()
  }

  #tell(place: Place, isConnected: boolean, presence: Presence): void {
    const [workspace_id, user_id] = place
    if (!this.#parts.sockets.hasAny([{ kind: 'presence', workspace_id, user_id }])) return
    this.#told.set(nameOf(place), { isConnected, shown: shownOf(presence) })
  }

  async #settingsOf(workspaceId: string, userIds: readonly string[]): Promise<Map<string, UserSettings>> {
    if (userIds.length === 0) return new Map()
    const all = await this.#parts.users.settings(workspaceId, userIds)
    return new Map(all.map((one) => [one.user_id, one]))
  }
}

function shownOf({ availability, status_text }: Presence): string {
  return `${availability}\n${status_text ?? ''}`
}
