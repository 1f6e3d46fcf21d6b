import type { Topic } from '@dowellchat/client'
import { Segments } from '../../components/segments.tsx'
import { topicTitle } from './use-topic-title.ts'

const states = [
  ['open', 'Open'],
  ['closed', 'Closed'],
] as const

interface TicketFilterProps {
  readonly topics: readonly Topic[]
  /** A topic's name, or '' for all topics. */
  readonly topic: string
  readonly onTopic: (topic: string) => void
  readonly isClosed: boolean
  readonly onClosed: (isClosed: boolean) => void
}

/** Chooses which tickets the list shows. */
export function TicketFilter({ topics, topic, onTopic, isClosed, onClosed }: TicketFilterProps) {
  return (
    <div className="ticket-filter">
      <select
        className="input"
        aria-label="Topic"
        value={topic}
        onChange={(event) => onTopic(event.target.value)}
      >
        <option value="">All topics</option>
        {topics.map(({ _id, name, title }) => (
          <option key={_id} value={name}>
            {topicTitle({ name, title })}
          </option>
        ))}
      </select>
      <fieldset>
        <legend className="visually-hidden">Which tickets</legend>
        <Segments
          name="tickets"
          choices={states}
          chosen={isClosed ? 'closed' : 'open'}
          onChoose={(state) => onClosed(state === 'closed')}
        />
      </fieldset>
    </div>
  )
}
