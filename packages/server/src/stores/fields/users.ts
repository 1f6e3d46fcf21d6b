import type { User } from '@dowellchat/protocol'
import type { SettingsChange, UserChange, UserSeen, UserSettings } from '../domains/users.ts'
import { newId } from '../ids.ts'
import { added, boolean, type EntityFields, entityOf, inStore, orNull, text } from './field.ts'

/** A user as every store keeps them. */
export interface UserRow extends Omit<User, 'metadata' | 'last_seen_at' | 'is_program'>, UserSettings {
  /** JSON, since no store has to understand it. */
  readonly metadata: string
  /** What users are found and ordered by; no two are the same. */
  readonly name_key: string
  /** What their credentials said last: only a new claim takes the place of a name that they have chosen since. */
  readonly claimed_name: string | null
  readonly claimed_picture: string | null
  readonly is_program: boolean
}

export const userFields: EntityFields<UserRow, User> = {
  _id: text,
  user_id: text,
  name: orNull(text),
  picture: orNull(text),
  metadata: text,
  created_at: text,
  last_seen_at: text,
  name_key: inStore(text),
  claimed_name: inStore(orNull(text)),
  claimed_picture: inStore(orNull(text)),
  availability: inStore(added(text, 'online')),
  status_text: inStore(orNull(text)),
  sends_receipts: inStore(added(boolean, true)),
  shows_presence: inStore(added(boolean, true)),
  is_program: added(boolean, false),
}

const shown = entityOf<UserRow, User>(userFields)

export function toUser(row: UserRow): User {
  // Written by `ownChanges` alone, from an object.
  const metadata = JSON.parse(row.metadata) as User['metadata']
  const { is_program, ...user } = shown(row)
  const last_seen_at = row.shows_presence ? row.last_seen_at : null
  return { ...user, metadata, last_seen_at, ...(is_program && { is_program }) }
}

export function toSettings(row: UserRow): UserSettings {
  const { user_id, last_seen_at, availability, status_text, sends_receipts, shows_presence } = row
  return { user_id, last_seen_at, availability, status_text, sends_receipts, shows_presence }
}

/** A text as it is compared with names. */
export function searchKey(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

/** After every text that begins with the key. */
export function searchEnd(key: string): string {
  return `${key}\u{10ffff}`
}

function nameKey(user_id: string, name: string | null): string {
  // Neither part has a line feed.
  return `${searchKey(name ?? user_id)}\n${user_id}`
}

type Changes = { -readonly [K in keyof UserRow]?: UserRow[K] }

export function newUserRow({ user_id, name, picture, at, is_program = false }: UserSeen): UserRow {
  return {
    _id: newId(),
    user_id,
    name,
    picture,
    metadata: '{}',
    created_at: at,
    last_seen_at: at,
    name_key: nameKey(user_id, name),
    claimed_name: name,
    claimed_picture: picture,
    availability: 'online',
    status_text: null,
    sends_receipts: true,
    shows_presence: true,
    is_program,
  }
}

/** What changes in a user's row when they are seen; undefined where nothing does. */
export function seenChanges(row: UserRow, seen: UserSeen): Changes | undefined {
  const { user_id, name, picture, at, is_program = row.is_program } = seen
  const changes: Changes = {}
  if (is_program !== row.is_program) changes.is_program = is_program
  if (at > row.last_seen_at) changes.last_seen_at = at
  if (name !== null && name !== row.claimed_name)
    Object.assign(changes, { name, claimed_name: name, name_key: nameKey(user_id, name) })
  if (picture !== null && picture !== row.claimed_picture)
    Object.assign(changes, { picture, claimed_picture: picture })
  return Object.keys(changes).length === 0 ? undefined : changes
}

/** What changes in a user's row when they change it. */
export function ownChanges(user_id: string, { name, picture, metadata }: UserChange): Changes {
  return {
    ...(name !== undefined && { name, name_key: nameKey(user_id, name) }),
    ...(picture !== undefined && { picture }),
    ...(metadata !== undefined && { metadata: JSON.stringify(metadata) }),
  }
}

/** What changes in a user's row when they change their settings. */
export function settingsChanges({
  availability,
  status_text,
  sends_receipts,
  shows_presence,
}: SettingsChange): Changes {
  return {
    ...(availability !== undefined && { availability }),
    ...(status_text !== undefined && { status_text }),
    ...(sends_receipts !== undefined && { sends_receipts }),
    ...(shows_presence !== undefined && { shows_presence }),
  }
}
