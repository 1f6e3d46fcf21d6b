import type { CannedAnswer, Ticket } from '@dowellchat/client'
import { useCannedAnswers } from '@dowellchat/client/react'
import { MessageSquareQuote } from 'lucide-react'
import { useRef, useState } from 'react'
import { lazyPart } from '../../components/lazy-part.tsx'
import { LazyPopover } from '../../components/lazy-popover.tsx'
import { useDraft } from '../conversation/composer/drafts.ts'
import { useSelf } from '../people/use-self.ts'
import { PickAnswer } from './pick-answer.tsx'

const AnswersDialog = lazyPart(async () => (await import('./answers-dialog.tsx')).AnswersDialog, {
  failing: 'over',
})

interface CannedAnswersProps {
  readonly ticket: Ticket
  /** The stream of the ticket's conversation, whose message box the answers go to. */
  readonly stream: string
}

/** Puts an answer that was written before into the message box, with the customer's and your name filled in. */
export function CannedAnswers({ ticket, stream }: CannedAnswersProps) {
  const { userId } = useSelf()
  const { fill } = useCannedAnswers(ticket.product)
  const [draft, setDraft] = useDraft(`${userId} ${stream}`)
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const [isEditing, setIsEditing] = useState(false)
  const button = useRef<HTMLButtonElement>(null)

  function insert(answer: CannedAnswer): void {
    const text = fill(answer, ticket)
    setDraft(draft.trim() === '' ? text : `${draft.trimEnd()}\n${text}`)
    setAnchor(null)
    // After the popover has given the focus back.
    setTimeout(() => focusBox(button.current))
  }

  return (
    <div className="desk-tools">
      <button
        ref={button}
        type="button"
        className="button small quiet"
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={({ currentTarget }) => setAnchor(anchor ? null : currentTarget)}
      >
        <MessageSquareQuote aria-hidden /> Canned answers
      </button>
      {anchor && (
        <LazyPopover label="Canned answers" anchor={anchor} onClose={() => setAnchor(null)}>
          <PickAnswer
            product={ticket.product}
            onPick={insert}
            onEdit={() => {
              setAnchor(null)
              setIsEditing(true)
            }}
          />
        </LazyPopover>
      )}
      {isEditing && <AnswersDialog onClose={() => setIsEditing(false)} />}
    </div>
  )
}

function focusBox(from: HTMLElement | null): void {
  const box = from?.closest('.conversation')?.querySelector<HTMLTextAreaElement>('.composer textarea')
  box?.focus()
  box?.setSelectionRange(box.value.length, box.value.length)
}
