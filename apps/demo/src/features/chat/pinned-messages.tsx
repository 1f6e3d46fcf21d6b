import { usePinnedMessages } from '@dowellchat/client/react'
import { Pin } from 'lucide-react'
import { useState } from 'react'
import { LazyPopover } from '../../components/lazy-popover.tsx'
import { blockedWords } from '../conversation/message/blocked-words.ts'
import { contentWords } from '../conversation/message/content-words.ts'
import { QuoteWords } from '../conversation/message/message-quote.tsx'
import { useIsBlocked } from '../people/use-is-blocked.ts'

interface PinnedMessagesProps {
  readonly room: string
  readonly onJump: (nth: number) => void
}

/** The message that was pinned last, above a room's messages; further ones in a list. A click shows one where it was written. */
export function PinnedMessages({ room, onJump }: PinnedMessagesProps) {
  const { pinned } = usePinnedMessages(room)
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const [last] = pinned ?? []
  const isBlocked = useIsBlocked(last?.author ?? '')
  if (!last || !pinned) return null

  function show(nth: number): void {
    setAnchor(null)
    onJump(nth)
  }

  return (
    <div className="pinned">
      <Pin aria-hidden />
      <button type="button" className="pinned-last" onClick={() => show(last.nth)}>
        <span className="visually-hidden">Pinned: </span>
        <span className="one-line" dir="auto">
          {isBlocked ? blockedWords : contentWords(last)}
        </span>
      </button>
      {pinned.length > 1 && (
        <button
          type="button"
          className="button quiet small"
          aria-haspopup="dialog"
          aria-expanded={anchor !== null}
          onClick={({ currentTarget }) => setAnchor(anchor ? null : currentTarget)}
        >
          {pinned.length} pinned
        </button>
      )}
      {anchor && (
        <LazyPopover label="Pinned messages" anchor={anchor} onClose={() => setAnchor(null)}>
          <ul className="pinned-list">
            {pinned.map((message) => (
              <li key={message._id}>
                <button type="button" className="quote" onClick={() => show(message.nth)}>
                  <QuoteWords
                    author={message.author}
                    name={message.display_name}
                    text={contentWords(message)}
                  />
                </button>
              </li>
            ))}
          </ul>
        </LazyPopover>
      )}
    </div>
  )
}
