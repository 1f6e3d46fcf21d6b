import type { CannedAnswer } from '@dowellchat/client'
import { useAction, useCannedAnswers, useChatClient } from '@dowellchat/client/react'
import { Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { Dialog } from '../../components/dialog.tsx'
import { IconButton } from '../../components/icon-button.tsx'
import { ListStatus } from '../../components/list-status.tsx'
import { Problem } from '../../components/problem.tsx'
import { announce } from '../../lib/announce.ts'
import { whenDone } from '../../lib/when-done.ts'
import { useTopicTitle } from '../tickets/use-topic-title.ts'
import { AnswerForm } from './answer-form.tsx'

/** Keeps, changes and removes the canned answers of the team. */
export function AnswersDialog({ onClose }: { readonly onClose: () => void }) {
  const { answers, status, error, hasMore, loadMore } = useCannedAnswers()
  const [edited, setEdited] = useState<CannedAnswer | null>(null)
  const { cannedAnswers } = useChatClient()
  const titleOf = useTopicTitle()
  const removal = useAction(cannedAnswers.remove)

  function remove({ _id, title }: CannedAnswer): void {
    if (edited?._id === _id) setEdited(null)
    whenDone(removal.run(_id), () => announce(`${title} is removed`))
  }

  return (
    <Dialog title="Canned answers" onClose={onClose}>
      <AnswerForm key={edited?._id ?? 'new'} answer={edited} onDone={() => setEdited(null)} />
      <Problem what={removal.error} />
      <ListStatus status={status} error={error} label="Loading answers">
        <ul className="desk-kept" aria-label="Kept answers">
          {answers.map((answer) => (
            <li key={answer._id}>
              <div>
                <bdi>{answer.title}</bdi>
                <p className="hint one-line" dir="auto">
                  {answer.product !== null && `${titleOf(answer.product)} · `}
                  {answer.text}
                </p>
              </div>
              <IconButton
                label={`Edit ${answer.title}`}
                title="Edit"
                icon={Pencil}
                isSmall
                onPress={() => setEdited(answer)}
              />
              <IconButton
                label={`Remove ${answer.title}`}
                title="Remove"
                icon={Trash2}
                isSmall
                isDisabled={removal.isPending}
                onPress={() => remove(answer)}
              />
            </li>
          ))}
        </ul>
        {hasMore && (
          <button type="button" className="button small" onClick={() => void loadMore()}>
            Show more
          </button>
        )}
      </ListStatus>
    </Dialog>
  )
}
