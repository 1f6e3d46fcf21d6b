import { callDevices, type Message } from '@dowellchat/protocol'
import type { CallRow } from './fields/calls.ts'
import { erasedCopy, type ReportRow } from './fields/reports.ts'
import { pairOf, type RoomRow } from './fields/rooms.ts'
import { goneChanges } from './fields/uploads.ts'
import { type Person, personUnder } from './person.ts'
import { type Collection, collections, type PortableRows } from './portable.ts'
import { namesIn } from './traces.ts'

/** What exporting and erasing do with the rows of a collection. */
interface PersonalData<Row> {
  /** The fields that name a row within its workspace. */
  readonly key: readonly (keyof Row & string)[]
  /** Whether a row is about the person: it is exported, and `erased` when they are erased. */
  isAbout(row: Row, person: Person): boolean
  /** What the person gets to see of it. */
  exported(row: Row, person: Person): object
  /** What erasing leaves of it; null: nothing. */
  erased(row: Row, person: Person): Row | null
}

type PersonalCollections = { readonly [C in Collection]: PersonalData<PortableRows[C]> }

/** What each collection knows of people. A new collection does not compile without saying so here. */
export const personalData: PersonalCollections = {
  topics: {
    key: ['_id'],
    isAbout: ({ user_id }, person) => person.has(user_id),
    exported: withoutCid,
    erased: (row, { renamed }) => ({ ...row, user_id: renamed(row.user_id) }),
  },
  line_managers: {
    key: ['_id'],
    isAbout: ({ user_id, created_by }, person) => person.has(user_id) || person.has(created_by),
    exported: withoutCid,
    erased: (row, { has, renamed }) => ({
      ...row,
      user_id: renamed(row.user_id),
      created_by: renamed(row.created_by),
      // Nobody is there any more to take tickets.
      is_active: row.is_active && !has(row.user_id),
    }),
  },
  tickets: {
    key: ['_id'],
    isAbout: ({ user_id, line_manager, closed_by }, { has }) =>
      has(user_id) || has(line_manager) || has(closed_by),
    exported: withoutCid,
    erased: (row, { has, renamed }) => ({
      ...row,
      user_id: renamed(row.user_id),
      line_manager: renamed(row.line_manager),
      closed_by: renamed(row.closed_by),
      ...(has(row.user_id) && { display_name: null, client_created_at: null, metadata_text: null }),
    }),
  },
  calls: {
    key: ['_id'],
    isAbout: (row, person) => isPartyOf(row, person) || person.has(row.from),
    exported: withoutCid,
    // What is left would say whom somebody else has called.
    erased: () => null,
  },
  rooms: {
    key: ['_id'],
    isAbout: ({ user_id, owner, members, mutes, invites }, { has }) =>
      has(user_id) ||
      has(owner) ||
      mutes.some((mute) => has(mute.user_id)) ||
      members.some((member) => has(member.user_id)) ||
      invites.some(({ created_by }) => has(created_by)),
    // Who else is in it, and how people get in, is not the person's.
    exported: ({ members: _members, mutes: _mutes, invites: _invites, pair: _pair, ...row }) =>
      withoutCid(row),
    erased: erasedRoom,
  },
  paces: {
    key: ['_id'],
    isAbout: ({ user_id }, person) => person.has(user_id),
    exported: ({ cid: _, ...row }) => row,
    erased: () => null,
  },
  users: {
    key: ['_id'],
    isAbout: ({ user_id }, person) => person.has(user_id),
    exported: ({ name_key: _, ...row }) => row,
    erased: () => null,
  },
  aliases: {
    key: ['_id'],
    isAbout: ({ guest_id, user_id }, person) => person.has(guest_id) || person.has(user_id),
    exported: (row) => row,
    erased: () => null,
  },
  blocks: {
    key: ['_id'],
    isAbout: ({ user_id, blocked_id }, person) => person.has(user_id) || person.has(blocked_id),
    exported: (row) => row,
    erased: () => null,
  },
  readers: {
    key: ['_id'],
    isAbout: ({ user_id }, person) => person.has(user_id),
    exported: ({ seq: _, ...row }) => row,
    erased: () => null,
  },
  reports: {
    key: ['_id'],
    isAbout: (row, { has }) =>
      has(row.reported_by) ||
      has(row.user_id) ||
      has(row.resolved_by) ||
      mentionsIn(row).some(({ user_id }) => has(user_id)),
    exported: exportedReport,
    erased: erasedReport,
  },
  keys: {
    key: ['_id'],
    isAbout: ({ created_by }, person) => person.has(created_by),
    exported: ({ hash: _, ...row }) => withoutCid(row),
    erased: (row, { renamed }) => ({ ...row, created_by: renamed(row.created_by) }),
  },
  audit: {
    key: ['_id'],
    isAbout: ({ by, user_id, object }, { has }) => has(by) || has(user_id) || has(object),
    exported: (row) => row,
    // Who did what stays, under a name that only the operator can compare.
    erased: (row, { has, renamed }) => ({
      ...row,
      by: renamed(row.by),
      user_id: renamed(row.user_id),
      object: renamed(row.object),
      ...(has(row.by) && { address: null }),
    }),
  },
  revocations: {
    key: ['user_id'],
    isAbout: ({ user_id }, person) => person.has(user_id),
    exported: (row) => row,
    erased: () => null,
  },
  deliveries: {
    key: ['_id'],
    isAbout: ({ event_text }, person) => partiesOf(event_text).some((id) => person.has(id)),
    exported: ({ event_text }) => JSON.parse(event_text ?? '{}') as object,
    erased: () => null,
  },
  notices: {
    key: ['_id'],
    isAbout: ({ user_id }, person) => person.has(user_id),
    exported: (row) => row,
    erased: () => null,
  },
  // Who has started it says an entry of its message's stream.
  threads: {
    key: ['_id'],
    isAbout: () => false,
    exported: (row) => row,
    erased: (row) => row,
  },
  // The bytes of an upload go when the server looks at it next.
  uploads: {
    key: ['_id'],
    isAbout: ({ user_id, message_author }, { has }) => has(user_id) || has(message_author),
    exported: ({ due_at: _due, ...row }) => withoutCid(row),
    erased: (row, { renamed }) => ({
      ...row,
      ...goneChanges(row.created_at),
      user_id: renamed(row.user_id),
      cid: row._id,
      fingerprint: '',
    }),
  },
  upload_days: {
    key: ['_id'],
    isAbout: ({ user_id }, person) => person.has(user_id),
    exported: (row) => row,
    erased: () => null,
  },
  streams: {
    key: ['stream'],
    isAbout: () => false,
    exported: (row) => row,
    erased: (row) => row,
  },
  entries: {
    key: ['stream', 'seq'],
    isAbout: ({ author, text }, person) => person.has(author) || namesIn(text, person),
    exported: exportedEntry,
    // `streams.remove` erases messages, so that their readers learn of it, and `streams.forget` what else names the person.
    erased: (row) => row,
  },
}

/**
 * The text is an entry's that a store of ours made, unless it is damaged: then what is left of the row is told. What others have
 * written or done is theirs; the person gets to see where they are named.
 */
function exportedEntry(
  { text, _id, stream, seq, author, type, original }: PortableRows['entries'],
  { has }: Person,
): object {
  if (!has(author)) return { _id, stream, seq, type: type ?? 'message', names_them: true }
  try {
    const entry = JSON.parse(text) as object
    return original === null ? entry : { ...entry, original: JSON.parse(original) as object }
  } catch {
    return { _id, stream, seq, author, reason: 'damaged' }
  }
}

/** A table of a driver, whatever the driver calls it. */
export interface KeptTable {
  readonly name: string
  /**
   * The collection whose rows it has or helps to find; `servers`: it belongs to the servers, and is neither moved, exported
   * nor searched for people; null: nobody has said what it is.
   */
  readonly of: Collection | 'servers' | null
}

/** The register of workspaces, which each start writes anew, and the log of changes, which is erased by itself. */
const serverTables: readonly string[] = ['workspaces', 'changes', 'nodes', 'leases']

/** @param others tables of a driver's own, which have a part of a collection or are its servers' */
export function keptTable(
  name: string,
  others: Readonly<Record<string, Collection | 'servers'>> = {},
): KeptTable {
  const isServers = serverTables.includes(name)
  const of = collections.find((one) => one === name) ?? others[name] ?? (isServers ? 'servers' : null)
  return { name, of }
}

/** A row of any collection. */
export type PersonalRow = {
  [C in Collection]: { readonly collection: C; readonly row: PortableRows[C] }
}[Collection]

/** What there is of a person, a bounded part of it. */
export interface PersonalPage {
  readonly rows: readonly PersonalRow[]
  /** Where to go on; null where nothing is left. */
  readonly next: string | null
}

/** What a person gets to see of a row. */
export function exportedRow({ collection, row }: PersonalRow, person: Person): object {
  // A row of its own collection.
  return (personalData[collection] as PersonalData<unknown>).exported(row, person)
}

/** What erasing leaves of a row: undefined where it changes nothing, null where nothing is left. */
export function erasedRow<C extends Collection>(
  collection: C,
  row: PortableRows[C],
  person: Person,
): PortableRows[C] | null | undefined {
  const data: PersonalData<PortableRows[C]> = personalData[collection]
  const left = data.isAbout(row, person) ? data.erased(row, person) : row
  return left === row ? undefined : left
}

/** Whether a text is a `next` of a page. */
export function isPersonalCursor(text: string): boolean {
  return cursorIn(text) !== undefined
}

interface Cursor {
  readonly collection: Collection
  /** The fields that name the last row that was looked at; null before the first. */
  readonly key: object | null
}

function cursorIn(text: string): Cursor | undefined {
  try {
    const [name, key] = JSON.parse(text) as unknown[]
    const collection = collections.find((one) => one === name)
    if (!collection || typeof key !== 'object' || key === null) return undefined
    const names: readonly string[] = personalData[collection].key
    const values = names.map((field) => (key as Readonly<Record<string, unknown>>)[field])
    const isWhole = values.every((value, at) => typeof value === (names[at] === 'seq' ? 'number' : 'string'))
    return isWhole ? { collection, key } : undefined
  } catch {
    return undefined
  }
}

/** The order of searching. Aliases come last: as long as something is left, they say under which ids it is. */
const order: readonly Collection[] = [...collections.filter((name) => name !== 'aliases'), 'aliases']

const lookedAtOnce = 2_000
/** Erasing them has to end before a client gives up. */
const foundAtOnce = 100
const bytesAtOnce = 200_000

/** Gathers the rows that are about a person, from a cursor on, until enough was looked at. */
export class PersonalSearch {
  readonly #person: Person
  readonly #from: Cursor
  readonly #rows: PersonalRow[] = []
  #bytes = 0
  #looked = 0
  #last: string | null

  constructor(userIds: readonly string[], from: string | null) {
    this.#person = personUnder(userIds)
    this.#from = (from !== null && cursorIn(from)) || { collection: 'topics' as const, key: null }
    this.#last = from
  }

  /** The collections that are left, each with the row after which to go on. */
  *left(): Generator<readonly [Collection, object | null]> {
    const from = order.indexOf(this.#from.collection)
    for (const [at, collection] of order.slice(from).entries())
      yield [collection, at === 0 ? this.#from.key : null]
  }

  /** Looks at a row; answers false if it is one too many: it is the next page's. */
  look<C extends Collection>(collection: C, row: PortableRows[C]): boolean {
    if (this.#looked === lookedAtOnce || this.#rows.length === foundAtOnce) return false
    const data: PersonalData<PortableRows[C]> = personalData[collection]
    if (data.isAbout(row, this.#person)) {
      // Of its own collection.
      const found = { collection, row } as unknown as PersonalRow
      const bytes = Buffer.byteLength(JSON.stringify(exportedRow(found, this.#person)))
      if (this.#rows.length > 0 && this.#bytes + bytes > bytesAtOnce) return false
      this.#rows.push(found)
      this.#bytes += bytes
    }
    this.#looked += 1
    this.#last = JSON.stringify([
      collection,
      Object.fromEntries(data.key.map((field) => [field, row[field]])),
    ])
    return true
  }

  page(isEnd: boolean): PersonalPage {
    return { rows: this.#rows, next: isEnd ? null : this.#last }
  }
}

/** The people whom what is delivered once is about. */
function partiesOf(eventText: string | null): string[] {
  if (eventText === null) return []
  // The text is one that a server of ours made.
  const { user_id, caller } = JSON.parse(eventText) as { user_id: string; caller: string }
  return [user_id, caller]
}

function isPartyOf(row: CallRow, { has }: Person): boolean {
  return has(row.user_id) || callDevices(row).some(({ user_id }) => has(user_id))
}

/** A members' room loses the person; a direct room keeps its place for the other one. */
function erasedRoom(row: RoomRow, { has, renamed }: Person): RoomRow {
  const isDirect = row.kind === 'direct'
  const members = isDirect
    ? row.members.map((member) => ({ ...member, user_id: renamed(member.user_id) }))
    : row.members.filter(({ user_id }) => !has(user_id))
  return {
    ...row,
    user_id: renamed(row.user_id),
    owner: has(row.owner) ? null : row.owner,
    pair: isDirect ? pairOf(members.map(({ user_id }) => user_id)) : row.pair,
    members,
    member_count: members.length,
    mutes: row.mutes.filter(({ user_id }) => !has(user_id)),
    invites: row.invites.filter(({ created_by }) => !has(created_by)),
    version: row.version + 1,
  }
}

function copyIn({ message_text }: ReportRow): Message | null {
  // The text is one that a store of ours made.
  return message_text === null ? null : (JSON.parse(message_text) as Message)
}

function mentionsIn(row: ReportRow): NonNullable<Message['mentions']> {
  return copyIn(row)?.mentions ?? []
}

/** Who has reported the person, and who has dealt with it, is not the person's. */
function exportedReport(row: ReportRow): object {
  const { message_text: _, slot: _slot, reported_by: _by, resolved_by: _resolver, ...said } = row
  return withoutCid({ ...said, message: copyIn(row) })
}

/** Nothing stays of what the person has written, neither as the reporter nor as the author of the message. */
function erasedReport(row: ReportRow, { has, renamed }: Person): ReportRow {
  const message = copyIn(row)
  const left = message && (has(message.author) ? erasedCopy(message) : unnamed(message, has))
  return {
    ...row,
    message_text: left && JSON.stringify(left),
    user_id: has(row.user_id) ? null : row.user_id,
    resolved_by: renamed(row.resolved_by),
    ...(has(row.resolved_by) && { resolution: null }),
    // A row without a reporter takes its id as its cid, since two reporters may have used one cid.
    ...(has(row.reported_by) && { reported_by: null, reason: '', cid: row._id, slot: null }),
  }
}

function unnamed(message: Message, has: Person['has']): Message {
  if (!message.mentions?.some(({ user_id }) => has(user_id))) return message
  return { ...message, mentions: message.mentions.filter(({ user_id }) => !has(user_id)) }
}

/** What a row says without what only the server needs. */
function withoutCid<Row extends { readonly cid: string; readonly fingerprint: string }>(row: Row): object {
  const { cid: _, fingerprint: _fingerprint, ...said } = row
  return said
}
