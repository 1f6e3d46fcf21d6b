import type { ListedRoom } from '@dowellchat/client'
import { useRooms, useUnread } from '@dowellchat/client/react'
import { useEffect, useRef } from 'react'
import { paths, useNameInPath } from '../../lib/paths.ts'
import { useTitleCount } from '../../lib/use-title.ts'
import { useSelf } from '../people/use-self.ts'
import { usePageSettings } from './page-settings.ts'

/** New messages elsewhere: their number in the tab's title, and a soft sound. */
export function News() {
  useTitleCount(useUnread().unread)
  const { hasSound } = usePageSettings()
  return hasSound ? <NewsSound /> : null
}

function NewsSound() {
  const { rooms } = useRooms()
  const { userId } = useSelf()
  const visible = useNameInPath(paths.chat)
  const heard = useRef<ReadonlyMap<string, number> | null>(null)

  useEffect(() => {
    const before = heard.current
    heard.current = new Map(rooms.map(({ _id, head }) => [_id, head.nth]))
    if (before === null || before.size === 0) return
    const isNew = rooms.some((room) => isHeard(room, before.get(room._id) ?? 0, userId, visible))
    if (isNew) void import('./play-sound.ts').then(({ playSound }) => playSound())
  }, [rooms, userId, visible])
  return null
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
