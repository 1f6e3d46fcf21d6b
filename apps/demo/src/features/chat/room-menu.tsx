import type { ListedRoom } from '@dowellchat/client'
import { useRoomActions } from '@dowellchat/client/react'
import { Archive, ArchiveRestore, Bell, BellOff, DoorOpen, Ellipsis, Pin, PinOff } from 'lucide-react'
import { MenuButton } from '../../components/menu-button.tsx'
import type { MenuItem } from '../../components/menu-item.ts'
import { Problem } from '../../components/problem.tsx'
import { announce } from '../../lib/announce.ts'
import { whenDone } from '../../lib/when-done.ts'
import { useLeaving } from './use-leaving.ts'

interface RoomMenuProps {
  readonly room: ListedRoom
  readonly title: string
  readonly isCurrent: boolean
}

/** How you keep a room in your list. */
export function RoomMenu({ room, title, isCurrent }: RoomMenuProps) {
  const { keep, error } = useRoomActions()
  const { _id, kind, reader } = room
  const { leave, error: whyNotLeft } = useLeaving(_id, { isShown: isCurrent })

  function set(how: Parameters<typeof keep>[1], said: string): void {
    whenDone(keep(_id, how), () => announce(`${title} is ${said}`))
  }

  function items(): readonly MenuItem[] {
    const { is_pinned, is_muted, is_archived } = reader
    return [
      {
        label: is_pinned ? 'Unpin' : 'Pin to the top',
        icon: is_pinned ? PinOff : Pin,
        onChoose: () => set({ is_pinned: !is_pinned }, is_pinned ? 'no longer pinned' : 'pinned'),
      },
      {
        label: is_muted ? 'Unmute' : 'Mute',
        icon: is_muted ? Bell : BellOff,
        onChoose: () => set({ is_muted: !is_muted }, is_muted ? 'no longer muted' : 'muted'),
      },
      {
        label: is_archived ? 'Take out of the archive' : 'Archive',
        icon: is_archived ? ArchiveRestore : Archive,
        onChoose: () =>
          set({ is_archived: !is_archived }, is_archived ? 'among the chats again' : 'archived'),
      },
      ...(kind === 'direct' ? [] : [{ label: 'Leave', icon: DoorOpen, isDanger: true, onChoose: leave }]),
    ]
  }

  return (
    <>
      <MenuButton label={`Options of ${title}`} icon={Ellipsis} items={items} className="small room-menu" />
      <Problem what={error ?? whyNotLeft} />
    </>
  )
}
