import type { SentRow } from '@dowellchat/client'
import {
  Copy,
  Eye,
  Flag,
  Link,
  MailOpen,
  MessagesSquare,
  Pencil,
  Pin,
  PinOff,
  Reply,
  Trash2,
} from 'lucide-react'
import type { MenuItem } from '../../../components/menu-item.ts'
import { type ConversationActions, isThread } from '../conversation-context.ts'

/** What can be done with a message, by whoever looks at it. */
export function menuItemsOf(row: SentRow, actions: ConversationActions): readonly MenuItem[] {
  const { canWrite, canPin, canRemoveAny, canReport, hasThreads } = actions.rights()
  const { isOwn, message } = row
  const isPinned = message.pinned_at !== undefined
  const pinning = { label: isPinned ? 'Unpin' : 'Pin', icon: isPinned ? PinOff : Pin }
  const all: readonly (MenuItem & { readonly isThere: boolean })[] = [
    { label: 'Reply', icon: Reply, onChoose: () => actions.reply(row), isThere: canWrite },
    {
      label: 'Reply in a thread',
      icon: MessagesSquare,
      onChoose: () => actions.openThread(message),
      isThere: hasThreads,
    },
    { label: 'Edit', icon: Pencil, onChoose: () => actions.edit(row), isThere: canWrite && isOwn },
    { label: 'Copy text', icon: Copy, onChoose: () => actions.copy(row), isThere: true },
    {
      label: 'Copy link',
      icon: Link,
      onChoose: () => actions.copyLink(row),
      isThere: !isThread(actions.place),
    },
    { ...pinning, onChoose: () => actions.togglePin(row), isThere: canPin },
    { label: 'Mark as unread', icon: MailOpen, onChoose: () => actions.markUnread(row), isThere: !isOwn },
    { label: 'Seen by', icon: Eye, onChoose: () => actions.showReaders(row), isThere: isOwn },
    { label: 'Report', icon: Flag, onChoose: () => actions.askToReport(row), isThere: canReport && !isOwn },
    {
      label: 'Delete',
      icon: Trash2,
      isDanger: true,
      onChoose: () => actions.askToRemove(row),
      isThere: isOwn || canRemoveAny,
    },
  ]
  return all.filter(({ isThere }) => isThere)
}
