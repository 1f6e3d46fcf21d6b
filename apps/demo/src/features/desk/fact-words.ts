import { formatTopic } from '../../lib/format.ts'

/** What is kept beside a ticket, as people read it: `Yes`, `red, green`, `Street: Elm Road 5, Floor: 2`. */
export function factWords(value: unknown): string {
  if (value === null || value === '') return 'None'
  if (typeof value === 'boolean') return value ? 'Yes' : 'No'
  if (Array.isArray(value)) return value.length === 0 ? 'None' : value.map(factWords).join(', ')
  if (typeof value !== 'object') return String(value)
  const parts = Object.entries(value).map(([key, part]) => `${formatTopic(key)}: ${factWords(part)}`)
  return parts.length === 0 ? 'None' : parts.join(', ')
}
