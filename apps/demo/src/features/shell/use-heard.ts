import type { ListedRoom } from '@dowellchat/client'
import { useRooms } from '@dowellchat/client/react'
import { useEffect, useRef } from 'react'
import { paths, useNameInPath } from '../../lib/paths.ts'
import { useSelf } from '../people/use-self.ts'

/** Hears of rooms in which others have written, but for those that are muted or looked at. */
export function useHeard(onHeard: (rooms: readonly ListedRoom[]) => void): void {
  const { rooms } = useRooms()
  const { userId } = useSelf()
  const visible = useNameInPath(paths.chat)
  const heard = useRef<ReadonlyMap<string, number> | null>(null)

  useEffect(() => {
    const before = heard.current
    heard.current = new Map(rooms.map(({ _id, head }) => [_id, head.nth]))
    if (before === null || before.size === 0) return
    const fresh = rooms.filter((room) => isHeard(room, before.get(room._id) ?? 0, userId, visible))
    if (fresh.length > 0) onHeard(fresh)
  }, [rooms, userId, visible, onHeard])
}

/** Muted rooms are quiet, and so is the one that somebody looks at. */
function isHeard(
  { _id, head, last, reader }: ListedRoom,
  before: number,
  userId: string,
  visible: string | null,
): boolean {
  const isSeen = _id === visible && document.visibilityState === 'visible'
  return head.nth > before && last !== null && last.author !== userId && !reader.is_muted && !isSeen
}
