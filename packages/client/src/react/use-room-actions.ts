import { useCallback } from 'react'
import type { Reader, Room } from '../entities.ts'
import type { RoomDraft } from '../rooms/room-actions.ts'
import type { Rooms } from '../rooms/rooms.ts'
import { useChatClient } from './chat-provider.tsx'
import { type ActionState, useRequest } from './use-action.ts'

export interface UseCreateRoom extends ActionState {
  /**
   * Creates a room with members or a direct one; its `_id` is the room to show. Trying again after a failure never creates a
   * second room. `error` shows a failure, so the promise may be ignored, as for all actions.
   */
  readonly createRoom: Rooms['create']
}

/**
 * Creates rooms with members, and shows how that goes. `error.code` is `forbidden` if the user may not meet one of the members.
 * @example
 * const { createRoom, isPending, error } = useCreateRoom()
 * const onCreate = async () => navigate((await createRoom({ kind: 'members', title: 'Design', members: ['ben'] }))._id)
 */
export function useCreateRoom(): UseCreateRoom {
  const { rooms } = useChatClient()
  const { run, ...state } = useRequest((cid, draft: RoomDraft) => rooms.create({ cid, ...draft }))
  return { createRoom: run, ...state }
}

export interface UseUpdateRoom extends ActionState {
  /** Changes what is given of a room. Needs its owner, an admin, or one of the two people in a direct room. */
  readonly updateRoom: Rooms['update']
}

/**
 * Changes a room’s title or metadata, and shows how that goes.
 * @example
 * const { updateRoom, isPending, error } = useUpdateRoom()
 * const onSave = () => void updateRoom(room, { title: 'Design' })
 */
export function useUpdateRoom(): UseUpdateRoom {
  const { rooms } = useChatClient()
  const { run, ...state } = useRequest((_cid, ...args: Parameters<Rooms['update']>) => rooms.update(...args))
  return { updateRoom: run, ...state }
}

export interface UseRoomActions extends ActionState {
  /** Mutes, pins or archives a room in the user’s own list, at once; a failure takes it back. */
  readonly keep: Rooms['keep']
  /** Changes a room for everybody: its title, metadata or slow mode. Needs what `useUpdateRoom` needs. */
  readonly update: Rooms['update']
}

/**
 * Changes how the user keeps rooms in their list, and rooms themselves, and shows how that goes.
 * @example
 * const { keep, error } = useRoomActions()
 * const onPin = () => void keep(room._id, { is_pinned: !room.reader.is_pinned })
 */
export function useRoomActions(): UseRoomActions {
  const { rooms } = useChatClient()
  // Of both together: what fails is shown until the next of either begins.
  const { run, ...state } = useRequest<KeepOrUpdate, Reader | Room>((_cid, ...[what, room, change]) =>
    what === 'keep' ? rooms.keep(room, change) : rooms.update(room, change),
  )
  const keep = useCallback<Rooms['keep']>((...args) => run('keep', ...args) as Promise<Reader>, [run])
  const update = useCallback<Rooms['update']>((...args) => run('update', ...args) as Promise<Room>, [run])
  return { keep, update, ...state }
}

type KeepOrUpdate = ['keep', ...Parameters<Rooms['keep']>] | ['update', ...Parameters<Rooms['update']>]

export interface UseLeaveRoom extends ActionState {
  /** Ends the user’s own membership of a room, or takes an open one off their list. */
  readonly leaveRoom: Rooms['leave']
}

/**
 * Leaves rooms, and shows how that goes.
 * @example
 * const { leaveRoom, isPending, error } = useLeaveRoom()
 * const onLeave = () => void leaveRoom(room)
 */
export function useLeaveRoom(): UseLeaveRoom {
  const { rooms } = useChatClient()
  const { run, ...state } = useRequest((_cid, room: string) => rooms.leave(room))
  return { leaveRoom: run, ...state }
}

export interface UseAddMembers extends ActionState {
  /** Makes users members of a room. Needs its owner or an admin. */
  readonly addMembers: Rooms['addMembers']
}

/**
 * Adds members to rooms, and shows how that goes.
 * @example
 * const { addMembers, isPending, error } = useAddMembers()
 * const onAdd = () => void addMembers(room, ['ben', 'cat'])
 */
export function useAddMembers(): UseAddMembers {
  const { rooms } = useChatClient()
  const { run, ...state } = useRequest((_cid, ...args: Parameters<Rooms['addMembers']>) =>
    rooms.addMembers(...args),
  )
  return { addMembers: run, ...state }
}

export interface UseRemoveMembers extends ActionState {
  /** Ends the membership of users. Needs the room’s owner or an admin. */
  readonly removeMembers: Rooms['removeMembers']
}

/**
 * Removes members from rooms, and shows how that goes.
 * @example
 * const { removeMembers, isPending, error } = useRemoveMembers()
 * const onRemove = () => void removeMembers(room, ['ben'])
 */
export function useRemoveMembers(): UseRemoveMembers {
  const { rooms } = useChatClient()
  const { run, ...state } = useRequest((_cid, ...args: Parameters<Rooms['removeMembers']>) =>
    rooms.removeMembers(...args),
  )
  return { removeMembers: run, ...state }
}
