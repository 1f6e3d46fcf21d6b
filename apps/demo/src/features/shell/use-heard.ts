import type { ListedRoom } from '@dowellchat/client'
import { useChatClient, useRooms } from '@dowellchat/client/react'
import { useEffect, useRef, useSyncExternalStore } from 'react'
import { paths, useNameInPath } from '../../lib/paths.ts'
import { isOnScreen } from '../conversation/log/use-on-screen.ts'
import { useSelf } from '../people/use-self.ts'

/** Hears of rooms in which others have written whom you have not blocked, but for rooms that are muted or looked at. */
export function useHeard(onHeard: (rooms: readonly ListedRoom[]) => void): void {
  const { rooms } = useRooms()
  const { userId } = useSelf()
  const { subscribe, getSnapshot } = useChatClient().users.blocked
  const blocked = useSyncExternalStore(subscribe, getSnapshot)
  const visible = useNameInPath(paths.chat)
  const heard = useRef<ReadonlyMap<string, number> | null>(null)
  const latest = useRef('')

  useEffect(() => {
    const before = heard.current
    heard.current = new Map(rooms.map(({ _id, head }) => [_id, head.nth]))
    const until = latest.current
    latest.current = [until, ...rooms.map(timeOf)].sort().at(-1) ?? ''
    if (before === null || before.size === 0) return
    // More of the list that is shown is not new.
    const isNew = (room: ListedRoom): boolean =>
      room.head.nth > (before.get(room._id) ?? (timeOf(room) > until ? 0 : room.head.nth))
    const isOthers = ({ last }: ListedRoom): boolean =>
      last !== null && last.author !== userId && !blocked.has(last.author ?? '')
    const fresh = rooms.filter((room) => isNew(room) && isOthers(room) && isHeard(room, visible))
    if (fresh.length > 0) onHeard(fresh)
  }, [rooms, userId, blocked, visible, onHeard])
}

function timeOf({ last }: ListedRoom): string {
  return last?.created_at ?? ''
}

/** Muted rooms are quiet, and so is the one that somebody looks at: on a narrow screen, a panel may be in its place. */
function isHeard({ _id, reader }: ListedRoom, visible: string | null): boolean {
  const isShown = (): boolean => isOnScreen(document.querySelector('.log'))
  return !reader.is_muted && !(_id === visible && document.visibilityState === 'visible' && isShown())
}
