import type { Ticket } from '@dowellchat/client'
import { contentWords } from '../conversation/message/content-words.ts'
import { useSelf } from '../people/use-self.ts'

/** What was said last in a ticket; before anything was, what it is about. */
export function LastMessage({ ticket: { last, subject } }: { readonly ticket: Ticket }) {
  const { userId } = useSelf()
  return (
    <span className="one-line desk-preview" dir="auto">
      {last ? lastWords(last, userId) : (subject ?? 'No messages yet')}
    </span>
  )
}

function lastWords(last: NonNullable<Ticket['last']>, userId: string): string {
  if (last.kind === 'removed') return 'Message removed'
  if (last.kind === 'closed') return 'Closed'
  if (last.kind !== 'text') return last.message_data
  return last.author === userId ? `You: ${contentWords(last)}` : contentWords(last)
}
