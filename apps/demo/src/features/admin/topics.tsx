import { useCreateTopic, useTopics } from '@dowellchat/client/react'
import { type FormEvent, useState } from 'react'
import { ListStatus } from '../../components/list-status.tsx'
import { Problem } from '../../components/problem.tsx'
import { whenDone } from '../../lib/when-done.ts'
import { topicTitle } from '../tickets/use-topic-title.ts'

/** Lists and creates topics. */
export function Topics() {
  const { topics, status, error } = useTopics()
  const { createTopic, isPending, error: problem } = useCreateTopic()
  const [name, setName] = useState('')

  function create(event: FormEvent): void {
    event.preventDefault()
    whenDone(createTopic({ name: name.trim() }), () => setName(''))
  }

  return (
    <section className="card" aria-labelledby="topics">
      <h2 id="topics">Topics</h2>
      <form className="topic-form" onSubmit={create}>
        <div className="field">
          <label htmlFor="topic-name">Topic name</label>
          <input
            id="topic-name"
            className="input"
            dir="auto"
            autoComplete="off"
            required
            placeholder="Opening hours"
            aria-describedby="topic-problem"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        <button type="submit" className="button primary" disabled={isPending}>
          Create topic
        </button>
        <Problem id="topic-problem" what={problem} />
      </form>
      <ListStatus status={status} error={error} label="Loading topics">
        {topics.length === 0 ? (
          <p className="hint">No topics yet. Every ticket has a topic, so create the first one.</p>
        ) : (
          <ul className="topics">
            {topics.map((topic) => (
              <li key={topic._id}>
                <bdi>{topicTitle(topic)}</bdi>
              </li>
            ))}
          </ul>
        )}
      </ListStatus>
    </section>
  )
}
