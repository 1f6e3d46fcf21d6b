import { callerIn } from './fields/deliveries.ts'
import type { LineManagerRow } from './fields/line-managers.ts'
import type { TicketRow } from './fields/tickets.ts'
import { goneChanges } from './fields/uploads.ts'
import type { Person } from './person.ts'
import {
  erasedReport,
  erasedRoom,
  exportedEntry,
  exportedReport,
  freeCid,
  isPartyOf,
  mentionsIn,
  partiesOf,
  withoutCid,
} from './personal-rows.ts'
import type { Collection, PortableRows } from './portable.ts'
import { namesIn } from './traces.ts'

/** What exporting and erasing do with the rows of a collection. */
export interface PersonalData<Row> {
  /** The fields that name a row within its workspace. */
  readonly key: readonly (keyof Row & string)[]
  /** Whether a row is about the person: it is exported, and `erased` when they are erased. */
  isAbout(row: Row, person: Person): boolean
  /** What the person gets to see of it; null: nothing. */
  exported(row: Row, person: Person): object | null
  /** What erasing leaves of it; null: nothing. */
  erased(row: Row, person: Person): Row | null
  /** A person has one row: it goes where what takes the place of their id has one, who were erased before. */
  readonly isOneOfPerson?: true
}

type PersonalCollections = { readonly [C in Collection]: PersonalData<PortableRows[C]> }

/** What each collection knows of people. A new collection does not compile without saying so here. */
export const personalData: PersonalCollections = {
  topics: {
    key: ['_id'],
    isAbout: ({ user_id }, person) => person.has(user_id),
    exported: withoutCid,
    erased: (row, { has, renamed }) => ({
      ...row,
      user_id: renamed(row.user_id),
      ...freeCid(row, has(row.user_id)),
    }),
  },
  line_managers: {
    key: ['_id'],
    isAbout: ({ user_id, created_by }, person) => person.has(user_id) || person.has(created_by),
    exported: withoutCid,
    erased: (row, { has, renamed }) => ({
      ...row,
      user_id: renamed(row.user_id),
      created_by: renamed(row.created_by),
      ...(has(row.user_id) && goneForGood(row)),
      ...freeCid(row, has(row.created_by)),
    }),
    isOneOfPerson: true,
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
      ...(has(row.user_id) && withoutTexts(row)),
      // Others that are held under that name may have the same.
      ...(has(row.line_manager) && { slot: null, claim_cid: null }),
      ...freeCid(row, has(row.user_id)),
    }),
  },
  // What it says is the workspace's.
  canned_answers: {
    key: ['_id'],
    isAbout: ({ created_by }, person) => person.has(created_by),
    exported: withoutCid,
    erased: (row, { has, renamed }) => ({
      ...row,
      created_by: renamed(row.created_by),
      ...freeCid(row, has(row.created_by)),
    }),
  },
  share_links: {
    key: ['_id'],
    isAbout: ({ created_by, usernames, uses }, { has }) =>
      has(created_by) || usernames.some(has) || uses.some(({ user_id }) => has(user_id)),
    // Under which names others come is theirs.
    exported: ({ usernames: _usernames, uses: _uses, revision: _, ...row }) => withoutCid(row),
    erased: (row, { has, renamed }) => ({
      ...row,
      created_by: renamed(row.created_by),
      usernames: row.usernames.filter((name) => !has(name)),
      uses: row.uses.map((use) => ({ ...use, user_id: renamed(use.user_id) })),
      revision: row.revision + 1,
      ...freeCid(row, has(row.created_by)),
    }),
  },
  // Texts of the workspace, which name nobody.
  meta_settings: { key: ['_id'], isAbout: () => false, exported: (row) => row, erased: (row) => row },
  calls: {
    key: ['_id'],
    isAbout: (row, person) => isPartyOf(row, person) || person.has(row.from),
    // Nobody learns from an export who has blocked them.
    exported: ({ is_blocked: _, ...row }) => withoutCid(row),
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
      invites.some(({ created_by, refused = [] }) => has(created_by) || refused.some(has)),
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
    exported: (row, { has }) => (has(row.user_id) ? row : null),
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
    // Who else has done it, such as a report, and from where, is not the person's.
    exported: (row, { has }) => (has(row.by) ? row : { ...row, by: null, key_id: null, address: null }),
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
    isAbout: ({ user_id, stream }, person) => person.has(user_id) || person.has(callerIn(stream)),
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

/** Nobody is there any more to take tickets: those that they have are handed back. */
function goneForGood({ offline_since, created_at }: LineManagerRow): Partial<LineManagerRow> {
  return {
    ...{ is_active: false, availability: 'offline', is_unmanaged: false, is_connected: false, chosen: null },
    offline_since: offline_since ?? created_at,
  }
}

/** A ticket without what its customer has said of themselves. */
function withoutTexts({ rating }: TicketRow): Partial<TicketRow> {
  return {
    ...{ display_name: null, subject: null, client_created_at: null, metadata_text: null, first_text: null },
    rating: rating && { ...rating, comment: null },
  }
}

/** A row of any collection. */
export type PersonalRow = {
  [C in Collection]: { readonly collection: C; readonly row: PortableRows[C] }
}[Collection]

/** What a person gets to see of a row; null: nothing. */
export function exportedRow({ collection, row }: PersonalRow, person: Person): object | null {
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
