import type { Topic } from '@dowellchat/client'
import { formatTopic } from '../../lib/format.ts'

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
        {topics.map(({ _id, name }) => (
          <option key={_id} value={name}>
            {formatTopic(name)}
          </option>
        ))}
      </select>
      <fieldset className="segments">
        <legend className="visually-hidden">Which tickets</legend>
        <Segment title="Open" isChosen={!isClosed} onChoose={() => onClosed(false)} />
        <Segment title="Closed" isChosen={isClosed} onChoose={() => onClosed(true)} />
      </fieldset>
    </div>
  )
}

interface SegmentProps {
  readonly title: string
  readonly isChosen: boolean
  readonly onChoose: () => void
}

function Segment({ title, isChosen, onChoose }: SegmentProps) {
  return (
    <label>
      <input type="radio" name="tickets" checked={isChosen} onChange={onChoose} />
      {title}
    </label>
  )
}
