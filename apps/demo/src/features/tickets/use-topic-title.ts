import { useTopics } from '@dowellchat/client/react'
import { formatTopic } from '../../lib/format.ts'

/** What a topic is called, by its name. */
export function useTopicTitle(): (name: string) => string {
  const { topics } = useTopics()
  return (name) => topics.find((topic) => topic.name === name)?.title ?? formatTopic(name)
}
