import type { Topic } from '@dowellchat/client'
import { topicTitle } from '../tickets/use-topic-title.ts'

interface TopicChoiceProps {
  readonly topics: readonly Topic[]
  /** A topic's name. */
  readonly chosen: string | null
  readonly onChoose: (topic: string) => void
}

/** Chooses a topic. */
export function TopicChoice({ topics, chosen, onChoose }: TopicChoiceProps) {
  if (topics.length === 0) return <p className="hint">There is no other topic.</p>
  return (
    <fieldset className="desk-choice">
      <legend className="visually-hidden">Topic</legend>
      {topics.map(({ _id, name, title }) => (
        <label key={_id}>
          <input type="radio" name="topic" checked={name === chosen} onChange={() => onChoose(name)} />
          <bdi className="one-line">{topicTitle({ name, title })}</bdi>
        </label>
      ))}
    </fieldset>
  )
}
