import type { Topic } from '../topics.ts'

/** What people read of a topic: its title, else its name with spaces and a capital. */
export function topicTitle({ name, title }: Pick<Topic, 'name'> & Partial<Pick<Topic, 'title'>>): string {
  if (title !== null && title !== undefined) return title
  const words = name.replaceAll('_', ' ').trim()
  const [first = ''] = words
  return words === '' ? name : first.toUpperCase() + words.slice(first.length)
}
