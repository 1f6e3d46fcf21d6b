import { type UseTickets, useTopics } from '@dowellchat/client/react'
import { type FormEvent, useCallback, useState } from 'react'
import { useLocation } from 'wouter'
import { ListStatus } from '../../components/list-status.tsx'
import { Problem } from '../../components/problem.tsx'
import { formatTopic } from '../../lib/format.ts'
import { paths } from '../../lib/paths.ts'
import { useTask } from '../../lib/use-task.ts'

/** Asks for a topic, opens a ticket and goes to it. */
export function OpenTicket({ createTicket }: Pick<UseTickets, 'createTicket'>) {
  const { topics, status, error, reload } = useTopics()
  const [, navigate] = useLocation()
  const [chosen, setChosen] = useState<string | null>(null)
  const topic = chosen ?? topics[0]?.name ?? ''
  const { run, isPending, problem } = useTask(
    useCallback(
      async (product: string) => navigate(paths.ticket((await createTicket({ product }))._id)),
      [createTicket, navigate],
    ),
  )

  function open(event: FormEvent): void {
    event.preventDefault()
    void run(topic)
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
              {topics.map(({ _id, name }) => (
                <option key={_id} value={name}>
                  {formatTopic(name)}
                </option>
              ))}
            </select>
          </div>
          <button type="submit" className="button primary" disabled={isPending}>
            Open ticket
          </button>
          <Problem text={problem} />
        </form>
      )}
    </ListStatus>
  )
}
