import type { Queue, Topic } from '@dowellchat/client'
import { useTopics } from '@dowellchat/client/react'
import { ListStatus } from '../../components/list-status.tsx'
import { topicTitle } from '../tickets/use-topic-title.ts'
import { minutesWords } from './board-words.ts'

/** What somebody who asks now is told, by topic. */
export function TopicLines() {
  const { topics, queues, status, error } = useTopics({ queues: true })
  return (
    <section className="card" aria-labelledby="board-topics">
      <h2 id="board-topics">If somebody asks now</h2>
      <ListStatus status={status} error={error} label="Loading the topics">
        {topics.length === 0 && <p className="hint">No topics yet.</p>}
        <ul className="board-topics">
          {topics.map((topic) => (
            <TopicLine key={topic._id} topic={topic} queue={queues.get(topic.name)} />
          ))}
        </ul>
      </ListStatus>
    </section>
  )
}

function TopicLine({ topic, queue }: { readonly topic: Topic; readonly queue: Queue | undefined }) {
  return (
    <li>
      <bdi>{topicTitle(topic)}</bdi>
      <span className="muted">{lineWords(queue)}</span>
    </li>
  )
}

const reasons: Readonly<Record<string, string>> = {
  nobody_online: 'Nobody is there',
  closed_hours: 'Closed now',
}

function lineWords(queue: Queue | undefined): string {
  if (!queue?.estimate) return ''
  const { low, high, ahead, reason } = queue.estimate
  if (reason !== null || low === null || high === null) return reasons[reason ?? ''] ?? 'Nobody can say'
  if (high < 1) return 'At once'
  return `Place ${ahead + 1}, ${low < 1 ? 'up to' : `${Math.floor(low)} to`} ${minutesWords(Math.ceil(high))}`
}
