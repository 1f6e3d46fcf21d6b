import type { Topic } from '@dowellchat/client'
import { useTopics } from '@dowellchat/client/react'
import { formatTopic } from '../../lib/format.ts'

/** What a topic is called. */
export function topicTitle({ name, title }: Pick<Topic, 'name' | 'title'>): string {
  return title ?? formatTopic(name)
}

/** What a topic is called, by its name. */
export function useTopicTitle(): (name: string) => string {
  const { topics } = useTopics()
  return (name) => topicTitle(topics.find((topic) => topic.name === name) ?? { name, title: null })
}
