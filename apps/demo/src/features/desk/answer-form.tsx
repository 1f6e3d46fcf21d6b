import type { CannedAnswer } from '@dowellchat/client'
import { useAction, useChatClient, useTopics } from '@dowellchat/client/react'
import { type FormEvent, useId, useState } from 'react'
import { Problem } from '../../components/problem.tsx'
import { announce } from '../../lib/announce.ts'
import { whenDone } from '../../lib/when-done.ts'
import { topicTitle } from '../tickets/use-topic-title.ts'

interface AnswerFormProps {
  /** The answer that is changed; null for a new one. */
  readonly answer: CannedAnswer | null
  readonly onDone: () => void
}

interface Written {
  readonly title: string
  readonly text: string
  readonly product: string | null
}

const nothing: Written = { title: '', text: '', product: null }

/** A canned answer: what it is found by, its text, and the topic that it is for. */
export function AnswerForm({ answer, onDone }: AnswerFormProps) {
  const { cannedAnswers } = useChatClient()
  const { topics } = useTopics()
  const [written, setWritten] = useState<Written>(answer ?? nothing)
  const saving = useAction(({ title, text, product }: Written) => {
    const draft = { title: title.trim(), text, product }
    return answer ? cannedAnswers.update(answer._id, draft) : cannedAnswers.create(draft)
  })
  const id = useId()
  const change = (changes: Partial<Written>): void => setWritten({ ...written, ...changes })

  function save(event: FormEvent): void {
    event.preventDefault()
    whenDone(saving.run(written), () => {
      announce('Saved')
      setWritten(nothing)
      onDone()
    })
  }

  return (
    <form className="desk-form" onSubmit={save}>
      <div className="field">
        <label htmlFor={`${id}n`}>Title</label>
        <input
          id={`${id}n`}
          className="input"
          dir="auto"
          required
          value={written.title}
          onChange={({ target }) => change({ title: target.value })}
        />
      </div>
      <div className="field">
        <label htmlFor={`${id}t`}>Text</label>
        <textarea
          id={`${id}t`}
          className="input"
          rows={4}
          dir="auto"
          required
          aria-describedby={`${id}h`}
          value={written.text}
          onChange={({ target }) => change({ text: target.value })}
        />
        <p id={`${id}h`} className="hint">
          {'{{customer}}, {{agent}}, {{subject}} and {{topic}} are filled in.'}
        </p>
      </div>
      <div className="field">
        <label htmlFor={`${id}p`}>For the topic</label>
        <select
          id={`${id}p`}
          className="input"
          value={written.product ?? ''}
          onChange={({ target }) => change({ product: target.value || null })}
        >
          <option value="">All topics</option>
          {topics.map(({ _id, name, title }) => (
            <option key={_id} value={name}>
              {topicTitle({ name, title })}
            </option>
          ))}
        </select>
      </div>
      <Problem what={saving.error} />
      <div className="buttons">
        <button type="submit" className="button primary" disabled={saving.isPending}>
          {answer ? 'Save' : 'Add answer'}
        </button>
        {answer && (
          <button type="button" className="button" onClick={onDone}>
            Cancel
          </button>
        )}
      </div>
    </form>
  )
}
