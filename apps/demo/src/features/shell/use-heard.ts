import type { ListedRoom } from '@dowellchat/client'
import { useChatClient, useRooms } from '@dowellchat/client/react'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { paths, useNameInPath } from '../../lib/paths.ts'
import { useSelf } from '../people/use-self.ts'

/** Hears of rooms in which others have written whom you have not blocked, but for rooms that are muted or looked at. */
export function useHeard(onHeard: (rooms: readonly ListedRoom[]) => void): void {
  const { rooms } = useRooms()
  const { userId } = useSelf()
  const { subscribe, getSnapshot } = useChatClient().users.blocked
  const blocked = useSyncExternalStore(subscribe, getSnapshot)
  const visible = useNameInPath(paths.chat)
  const heard = useRef<ReadonlyMap<string, number> | null>(null)

  useEffect(() => {
    const before = heard.current
    heard.current = new Map(rooms.map(({ _id, head }) => [_id, head.nth]))
    if (before === null || before.size === 0) return
    const isNew = ({ _id, head }: ListedRoom): boolean => head.nth > (before.get(_id) ?? 0)
    const isOthers = ({ last }: ListedRoom): boolean =>
      last !== null && last.author !== userId && !blocked.has(last.author ?? '')
    const fresh = rooms.filter((room) => isNew(room) && isOthers(room) && isHeard(room, visible))
    if (fresh.length > 0) onHeard(fresh)
  }, [rooms, userId, blocked, visible, onHeard])
}

/** Muted rooms are quiet, and so is the one that somebody looks at. */
function isHeard({ _id, reader }: ListedRoom, visible: string | null): boolean {
  return !reader.is_muted && !(_id === visible && document.visibilityState === 'visible')
}
