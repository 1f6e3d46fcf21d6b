import type { PushName } from '@dowellchat/protocol'
import type { Preferences, Presence, PushOf, RoomPresence } from '../entities.ts'
import type { FakeWorld } from './fake-world.ts'

/** Who is there: the user, and whoever the test has pushed. */
export class FakePresence {
  readonly #world: FakeWorld
  readonly #known = new Map<string, Presence>()
  readonly #rooms = new Map<string, RoomPresence>()
  #preferences: Preferences = { sends_receipts: true, shows_presence: true }

  constructor(world: FakeWorld) {
    this.#world = world
    const plain = { status_text: null, last_seen_at: null }
    this.#known.set(world.user_id, { user_id: world.user_id, availability: 'online', ...plain })
  }

  /** What the test has pushed is answered from then on. */
  note<K extends PushName>(name: K, pushed: PushOf<K>): void {
    const is = <N extends PushName>(one: N, _: unknown): _ is PushOf<N> => name === (one as string)
    if (is('presence_changed', pushed)) for (const one of pushed.presences) this.#known.set(one.user_id, one)
    if (is('room_presence', pushed)) this.#rooms.set(pushed.data.room, pushed.data)
  }

  typing = (): object => ({})

  /** Who does not say where they are is not told of others. */
  get_presence = ({ user_ids }: { user_ids: readonly string[] }): { presences: Presence[] } => {
    const told = user_ids.filter((id) => this.#preferences.shows_presence || id === this.#world.user_id)
    const gone = { availability: 'offline', status_text: null, last_seen_at: null }
    return { presences: told.map((user_id) => this.#known.get(user_id) ?? { user_id, ...gone }) }
  }

  set_presence = (changes: Partial<Presence>): Presence => {
    const { user_id, push } = this.#world
    const presence = { ...this.#known.get(user_id), ...changes } as Presence
    this.#known.set(user_id, presence)
    push('presence_changed', { presences: [presence] })
    return presence
  }

  get_room_presence = ({ room }: { room: string }): RoomPresence =>
    this.#rooms.get(room) ?? { room, count: 1, user_ids: [this.#world.user_id] }

  get_preferences = (): Preferences => this.#preferences

  set_preferences = (changes: Partial<Preferences>): Preferences => {
    this.#preferences = { ...this.#preferences, ...changes }
    return this.#preferences
  }
}
