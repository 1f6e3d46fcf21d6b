import {
  type ClientRequestName,
  clientRequests,
  hasMembers,
  type Role,
  streamOwner,
} from '@dowellchat/protocol'
import type { Room, RoomMember } from '../entities.ts'
import type { FakeRights } from './fake-world.ts'

type Names = readonly ClientRequestName[]

const forAdmins: Names = [
  'revoke_sessions',
  'create_topic',
  'update_topic',
  'create_line_manager',
  'update_line_manager',
  'remove_line_manager',
  'merge_line',
  'split_line',
  'create_share_link',
  'set_meta_setting',
  'get_reports',
  'resolve_report',
]

const forAgents: Names = [
  'claim_ticket',
  'claim_next',
  'assign_ticket',
  'transfer_ticket',
  'hold_ticket',
  'join_notes',
  'leave_notes',
  'set_line_availability',
  'get_message_versions',
  'create_canned_answer',
  'update_canned_answer',
  'delete_canned_answer',
  'get_canned_answers',
  'draft_message',
  'end_draft',
]

const pinning: Names = ['pin_message', 'unpin_message']
const managing: Names = [
  'update_room',
  'mute_member',
  'add_members',
  'remove_members',
  'close_room',
  'create_invite',
]

const notForGuests: Names = [
  'renew_token',
  'create_room',
  'accept_invite',
  'get_users',
  'update_me',
  'block_user',
  'unblock_user',
  'get_blocked_users',
  'set_presence',
  'get_presence',
  'get_preferences',
  'set_preferences',
  ...pinning,
  ...managing,
]

const inRooms: Names = [
  'join',
  'leave',
  'get_messages',
  'get_entries',
  'get_pinned_messages',
  'get_reactions',
  'get_message_versions',
  'join_thread',
  'get_threads',
  'mark_read',
  'mark_unread',
  'get_receipts',
  'get_room_presence',
  'keep_room',
  'leave_room',
  'report',
  'delete_message',
  'message_event',
  'send_messages',
  'edit_message',
  'react',
  'unreact',
  'start_thread',
  'typing',
]

/** The requests that a server lets somebody send. */
export function requestsOf(role: Role, isGuest: boolean): string[] {
  const refused = new Set([
    ...(role === 'admin' ? [] : forAdmins),
    ...(role === 'customer' ? forAgents : []),
    ...(isGuest ? notForGuests : []),
  ])
  return Object.keys(clientRequests).filter((name) => !refused.has(name as ClientRequestName))
}

/** Somebody in a room: their role in the workspace, and in the room. */
interface Somebody {
  readonly role: Role
  readonly member: RoomMember | undefined
}

/** The requests that a server lets somebody send for a room. */
export function requestsFor({ _id, kind, closed_at }: Room, { role, member }: Somebody): Names {
  const isManager = role === 'admin' || member?.role === 'owner'
  if (!hasMembers(_id))
    return [
      ...inRooms,
      ...(role === 'customer' ? [] : pinning),
      ...(role === 'admin' ? ['close_room' as const] : []),
    ]
  if (closed_at !== null) return []
  if (!member) return isManager ? ['get_room_members', ...managing] : []
  const names: Names = [...inRooms, 'get_room_members']
  if (kind !== 'direct') return isManager ? [...names, ...pinning, ...managing] : names
  return [...names.filter((name) => name !== 'leave_room'), ...pinning, 'update_room']
}

/** What somebody may do with the messages of others in a room, in a ticket, or in notes. */
export function rightsIn(stream: string, room: Room, { role, member }: Somebody): FakeRights {
  const { kind } = streamOwner(stream)
  const isAgent = role !== 'customer'
  if (kind !== 'room') return { removesOthers: kind === 'ticket' ? isAgent : role === 'admin', pins: isAgent }
  const isManager = role === 'admin' || member?.role === 'owner'
  if (room.kind === 'direct') return { removesOthers: role === 'admin', pins: true }
  return { removesOthers: isManager, pins: hasMembers(room._id) ? isManager : isAgent }
}
