import type { RequestName } from '@dowellchat/protocol'
import { rightOf } from '../../identity/permissions.ts'
import type { Membership } from '../../stores/store.ts'
import type { Context } from '../handler.ts'
import { managesAll } from './room-access.ts'

const reading = [
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
  // One's own, whatever else one may not write.
  'delete_message',
] as const satisfies readonly RequestName[]

const writing = [
  'message_event',
  'send_messages',
  'edit_message',
  'react',
  'unreact',
  'start_thread',
  'typing',
] as const satisfies readonly RequestName[]

const pinning = ['pin_message', 'unpin_message'] as const satisfies readonly RequestName[]

const managing = [
  'update_room',
  'mute_member',
  'add_members',
  'remove_members',
  'close_room',
  'create_invite',
] as const satisfies readonly RequestName[]

/** The requests that the session may send for an open room. */
export function allowedInOpenRoom(context: Context): string[] {
  const pins = rightOf('pin_message', context.session) === 'all' ? pinning : []
  const closes = managesAll(context.session) ? (['close_room'] as const) : []
  return permitted(context, [...reading, ...writing, ...pins, ...closes])
}

/** Those for a room that its user is a member of. */
export function allowedToMember(context: Context, { room, role, muted_until }: Membership): string[] {
  const isManager = role === 'owner' || managesAll(context.session)
  const written = muted_until === null || isManager ? writing : []
  const names = [...reading, 'get_room_members', ...written] as const
  if (room.kind !== 'direct')
    return permitted(context, [...names, ...(isManager ? [...pinning, ...managing] : [])])
  const inDirect = [...names, ...pinning, 'update_room'] as const
  return permitted(
    context,
    inDirect.filter((name) => name !== 'leave_room'),
  )
}

/** Those for a room that the session manages without being a member. */
export function allowedToManager(context: Context): string[] {
  return permitted(context, ['get_room_members', ...managing])
}

function permitted({ session }: Context, names: readonly RequestName[]): string[] {
  return names.filter((name) => rightOf(name, session) !== 'none')
}
