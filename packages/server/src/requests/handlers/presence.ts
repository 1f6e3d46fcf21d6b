import type { Preferences, PresenceRequests } from '@dowellchat/protocol'
import { RequestError } from '../../errors.ts'
import { erasedId } from '../../identity/erased.ts'
import { sessionsRevoked } from '../../identity/revocations.ts'
import { ownPresence } from '../../sockets/shown-presence.ts'
import type { SettingsChange, UserSettings } from '../../stores/store.ts'
import type { Context, Handlers } from '../handler.ts'
import { seenOf, visibleUsers } from './acquaintances.ts'
import { unblockedAmong } from './blocks.ts'
import { roomKey, roomNotFound } from './room-access.ts'

const unset: Preferences = { sends_receipts: true, shows_presence: true }

export const presenceHandlers: Handlers<PresenceRequests> = {
  async typing({ stream, is_typing }, { session, connection, typing }) {
    const key = { workspace_id: session.workspace_id, stream }
    if (!connection.isSubscribed(key)) throw new RequestError('not_found', `${stream} is not joined here`)
    await typing.say(connection.socketId, key, session, is_typing)
    return {}
  },

  async set_presence(change, context) {
    expectPresence(context)
    const settings = await changeSettings(change, context)
    return ownPresence(context.session.user_id, settings)
  },

  async get_presence({ user_ids }, context) {
    expectPresence(context)
    const { session, connection, presence } = context
    const others = user_ids.filter((id) => id !== session.user_id)
    const own = await ownSettings(context)
    const seen = new Set(own && !own.shows_presence ? [] : await seenAmong(others, context))
    // Before they are looked at: nothing that changes meanwhile is missed.
    connection.followPresence([...seen])
    const presences = await presence.users.of(session.workspace_id, [...seen])
    const found = new Map(presences.map((one) => [one.user_id, one]))
    found.set(session.user_id, ownPresence(session.user_id, own))
    return { presences: [...new Set(user_ids)].flatMap((id) => found.get(id) ?? []) }
  },

  async get_room_presence({ room }, context) {
    expectPresence(context)
    const { session, connection, presence } = context
    const key = roomKey(session, room)
    if (!connection.isSubscribed(key)) throw roomNotFound(room)
    const own = await ownSettings(context)
    // Who keeps to themselves whether they are there does not learn it of others.
    if (own && !own.shows_presence) return { room, count: 0, user_ids: [] }
    connection.followRoom(key)
    return presence.rooms.of(key, session.user_ids)
  },

  async get_preferences(_, context) {
    return preferencesOf(await ownSettings(context))
  },

  async set_preferences(change, context) {
    const { session, presence } = context
    const settings = await changeSettings(change, context)
    if (change.shows_presence === false)
      await presence.sightChanged(session.workspace_id, session.user_id, null)
    return preferencesOf(settings)
  },
}

function expectPresence({ workspace }: Context): void {
  if (workspace?.presence === false)
    throw new RequestError('forbidden', 'This workspace does not tell who is there')
}

/** Those of the users whom the session's user sees: as in `get_users`, and without those of whom one has blocked the other. */
async function seenAmong(userIds: readonly string[], context: Context): Promise<readonly string[]> {
  return unblockedAmong(context, await visibleUsers(userIds, context))
}

async function ownSettings({ session, store }: Context): Promise<UserSettings | undefined> {
  if (session.is_guest) return undefined
  const [settings] = await store.users.settings(session.workspace_id, [session.user_id])
  return settings
}

/** Changes the settings of the session's user, and lets those learn of it who follow them. */
async function changeSettings(change: SettingsChange, context: Context): Promise<UserSettings> {
  const { session, store, keys, presence } = context
  const { workspace_id, user_id } = session
  const erased_as = erasedId(keys, workspace_id, user_id)
  const settings = await store.users.set(workspace_id, { ...seenOf(session), erased_as }, change)
  if (!settings) throw sessionsRevoked()
  presence.settingsChanged(workspace_id, user_id)
  return settings
}

function preferencesOf(settings: Preferences = unset): Preferences {
  const { sends_receipts, shows_presence } = settings
  return { sends_receipts, shows_presence }
}
