import type { CannedAnswer } from '@dowellchat/client'
import { useCannedAnswers } from '@dowellchat/client/react'
import { type KeyboardEvent, useState } from 'react'
import { ListStatus } from '../../components/list-status.tsx'
import { isComposing } from '../conversation/composer/is-composing.ts'

interface PickAnswerProps {
  /** The name of the ticket's topic. */
  readonly product: string
  readonly onPick: (answer: CannedAnswer) => void
  readonly onEdit: () => void
}

/** Finds a canned answer by a part of its title or text. Enter takes the first one that is found. */
export function PickAnswer({ product, onPick, onEdit }: PickAnswerProps) {
  const { answers, status, error, hasMore, loadMore } = useCannedAnswers(product)
  const [text, setText] = useState('')
  const found = answers.filter((answer) => has(answer, text))
  const [first] = found

  function onKeyDown(event: KeyboardEvent): void {
    if (event.key !== 'Enter' || !first || isComposing(event.nativeEvent)) return
    event.preventDefault()
    onPick(first)
  }

  return (
    <div className="desk-answers">
      <input
        type="search"
        className="input"
        aria-label="Find an answer"
        placeholder="Find an answer"
        dir="auto"
        value={text}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={onKeyDown}
      />
      <ListStatus status={status} error={error} label="Loading answers">
        {found.length === 0 && (
          <p className="hint">{answers.length === 0 ? 'There are no canned answers yet.' : 'Not found.'}</p>
        )}
        <ul aria-label="Answers">
          {found.map((answer) => (
            <li key={answer._id}>
              <button type="button" className="desk-answer" onClick={() => onPick(answer)}>
                <bdi>{answer.title}</bdi>
                <span className="one-line muted" dir="auto">
                  {answer.text}
                </span>
              </button>
            </li>
          ))}
        </ul>
        {hasMore && (
          <button type="button" className="button small" onClick={() => void loadMore()}>
            Show more
          </button>
        )}
      </ListStatus>
      <button type="button" className="button small" onClick={onEdit}>
        Edit the answers
      </button>
    </div>
  )
}

function has({ title, text }: CannedAnswer, sought: string): boolean {
  const lower = sought.trim().toLowerCase()
  return title.toLowerCase().includes(lower) || text.toLowerCase().includes(lower)
}
