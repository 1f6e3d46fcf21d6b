import type { SentRow } from '@dowellchat/client'
import { Ellipsis, type LucideIcon, MessagesSquare, Reply, SmilePlus } from 'lucide-react'
import { useState } from 'react'
import { lazyPart } from '../../../components/lazy-part.tsx'
import { useConversationActions } from '../conversation-context.ts'
import { LazyEmojiPicker } from '../emoji/lazy-emoji-picker.tsx'

/** The menu, loaded when somebody first opens one. */
const LazyMessageMenu = lazyPart(async () => (await import('./message-menu.tsx')).MessageMenu, {
  failing: 'over',
})

interface MessageToolsProps {
  readonly row: SentRow
  /** Whose message it is, for screen readers. */
  readonly author: string
}

type Open = { readonly what: 'menu' | 'emoji'; readonly anchor: HTMLElement }

/** What can be done with a message. Shown while the pointer or the focus is at it, and made when one of them has come first. */
export function MessageTools({ row, author }: MessageToolsProps) {
  const actions = useConversationActions()
  const [open, setOpen] = useState<Open | null>(null)
  const { canWrite, hasThreads } = actions.rights()
  const close = (): void => setOpen(null)
  return (
    <div className="message-tools" data-open={open !== null}>
      {canWrite && (
        <>
          <Tool
            action="react"
            label={`React to ${author}`}
            icon={SmilePlus}
            onPress={(anchor) => setOpen({ what: 'emoji', anchor })}
          />
          <Tool action="reply" label={`Reply to ${author}`} icon={Reply} onPress={() => actions.reply(row)} />
        </>
      )}
      {hasThreads && (
        <Tool
          action="thread"
          label={`Thread of ${author}`}
          icon={MessagesSquare}
          onPress={() => actions.openThread(row.message)}
        />
      )}
      <Tool
        action="menu"
        label={`More for ${author}`}
        icon={Ellipsis}
        onPress={(anchor) => setOpen({ what: 'menu', anchor })}
      />
      {open?.what === 'menu' && (
        <LazyMessageMenu row={row} label={`Message of ${author}`} anchor={open.anchor} onClose={close} />
      )}
      {open?.what === 'emoji' && (
        <LazyEmojiPicker
          label={`React to ${author}`}
          anchor={open.anchor}
          onPick={(emoji) => actions.react(row, emoji)}
          onClose={close}
        />
      )}
    </div>
  )
}

interface ToolProps {
  readonly action: string
  readonly label: string
  readonly icon: LucideIcon
  readonly onPress: (button: HTMLElement) => void
}

function Tool({ action, label, icon: Icon, onPress }: ToolProps) {
  return (
    <button
      type="button"
      data-action={action}
      aria-label={label}
      title={label}
      onClick={({ currentTarget }) => onPress(currentTarget)}
    >
      <Icon aria-hidden />
    </button>
  )
}
