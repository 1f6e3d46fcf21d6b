import type { SentRow } from '@dowellchat/client'
import { Menu } from '../../../components/floating.ts'
import type { MenuProps } from '../../../components/menu-item.ts'
import { useConversationActions } from '../conversation-context.ts'
import { menuItemsOf } from './menu-items.ts'
import { QuickReactions } from './quick-reactions.tsx'

interface MessageMenuProps extends Omit<MenuProps, 'items' | 'first'> {
  readonly row: SentRow
}

/** What can be done with a message, below the most common reactions. */
export function MessageMenu({ row, ...menu }: MessageMenuProps) {
  const actions = useConversationActions()
  const { canWrite } = actions.rights()
  return (
    <Menu
      {...menu}
      items={menuItemsOf(row, actions)}
      first={canWrite && <QuickReactions row={row} onDone={menu.onClose} />}
    />
  )
}
