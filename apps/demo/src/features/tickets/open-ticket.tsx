import { useCreateTicket, useTopics } from '@dowellchat/client/react'
import { type FormEvent, useState } from 'react'
import { useLocation } from 'wouter'
import { ListStatus } from '../../components/list-status.tsx'
import { Problem } from '../../components/problem.tsx'
import { paths } from '../../lib/paths.ts'
import { whenDone } from '../../lib/when-done.ts'
import { topicTitle } from './use-topic-title.ts'

/** Asks for a topic, opens a ticket and goes to it. */
export function OpenTicket() {
  const { topics, status, error, reload } = useTopics()
  const [, navigate] = useLocation()
  const [chosen, setChosen] = useState<string | null>(null)
  const topic = chosen ?? topics[0]?.name ?? ''
  const { createTicket, isPending, error: problem } = useCreateTicket()

  function open(event: FormEvent): void {
    event.preventDefault()
    whenDone(createTicket({ product: topic }), ({ _id }) => navigate(paths.ticket(_id)))
  }

  return (
    <ListStatus status={status} error={error} label="Loading topics">
      {topics.length === 0 ? (
        <div className="open-ticket">
          <p className="hint">No topics yet. An admin must create one before you can open a ticket.</p>
          <button type="button" className="button" onClick={() => void reload()}>
            Check again
          </button>
        </div>
      ) : (
        <form className="open-ticket" onSubmit={open}>
          <div className="field">
            <label htmlFor="topic">Topic</label>
            <select
              id="topic"
              className="input"
              value={topic}
              onChange={(event) => setChosen(event.target.value)}
            >
              {topics.map(({ _id, name, title }) => (
                <option key={_id} value={name}>
                  {topicTitle({ name, title })}
                </option>
              ))}
            </select>
          </div>
          <button type="submit" className="button primary" disabled={isPending}>
            Open ticket
          </button>
          <Problem what={problem} />
        </form>
      )}
    </ListStatus>
  )
}
