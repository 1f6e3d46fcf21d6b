import type { DataOf } from '@dowellchat/client'
import { useChatClient, useConnection } from '@dowellchat/client/react'
import { useEffect, useMemo, useState } from 'react'

export type Room = DataOf<'get_room'>['room']
export type RoomMember = DataOf<'get_room_members'>['members'][number]
type Draft = Omit<Parameters<ReturnType<typeof useChatClient>['request']['create_room']>[0], 'cid'>

interface State {
  readonly status: 'loading' | 'ready' | 'error'
  readonly error: Error | null
}

/** Loads when it is online and whenever a room changes. */
function useLoaded<T>(load: () => Promise<T>, room?: string): State & { readonly data: T | null } {
  const { on } = useChatClient()
  const { status } = useConnection()
  const [state, setState] = useState<State & { data: T | null }>({
    status: 'loading',
    error: null,
    data: null,
  })
  useEffect(() => {
    if (status !== 'online') return
    let isCurrent = true
    const run = (): void => {
      load().then(
        (data) => isCurrent && setState({ status: 'ready', error: null, data }),
        (error: Error) => isCurrent && setState({ status: 'error', error, data: null }),
      )
    }
    run()
    const stops = [
      on.room_updated(({ data }) => (room ?? data._id) === data._id && run()),
      on.member_changed((change) => (room ?? change.room) === change.room && run()),
    ]
    return () => {
      isCurrent = false
      for (const stop of stops) stop()
    }
  }, [status, load, on, room])
  return state
}

/** The rooms that you are a member of, newest first. */
export function useRooms(): State & { readonly rooms: readonly Room[] } {
  const { request } = useChatClient()
  const load = useMemo(() => async () => (await request.get_rooms({})).rooms, [request])
  const { data, ...state } = useLoaded(load)
  return { ...state, rooms: data ?? [] }
}

export interface UseRoomMembers extends State {
  readonly room: Room | null
  readonly can: readonly string[]
  readonly members: readonly RoomMember[]
  readonly add: (userIds: readonly string[]) => Promise<unknown>
  readonly remove: (userIds: readonly string[]) => Promise<unknown>
  readonly leave: () => Promise<unknown>
}

export function useRoomMembers(room: string): UseRoomMembers {
  const { request } = useChatClient()
  const load = useMemo(
    () => async () => {
      const [about, { members }] = await Promise.all([
        request.get_room({ room }),
        request.get_room_members({ room, limit: 200 }),
      ])
      return { ...about, members }
    },
    [request, room],
  )
  const { data, ...state } = useLoaded(load, room)
  return useMemo(
    () => ({
      ...state,
      room: data?.room ?? null,
      can: data?.can ?? [],
      members: data?.members ?? [],
      add: (members) => request.add_members({ room, members: [...members] }),
      remove: (members) => request.remove_members({ room, members: [...members] }),
      leave: () => request.leave_room({ room }),
    }),
    [state, data, request, room],
  )
}

export function useCreateRoom() {
  const { request } = useChatClient()
  return useMemo(
    () => ({ createRoom: (draft: Draft) => request.create_room({ ...draft, cid: crypto.randomUUID() }) }),
    [request],
  )
}

export function useInvite() {
  const { request } = useChatClient()
  return useMemo(
    () => ({
      createInvite: ({ room }: { room: string }) => request.create_invite({ room, cid: crypto.randomUUID() }),
      acceptInvite: (invite: string) => request.accept_invite({ invite }),
    }),
    [request],
  )
}
