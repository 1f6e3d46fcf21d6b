import type { Conversation, Message } from '@dowellchat/server/bots'

const mostLines = 30
const lineLength = 300

/** Whether the assistant has given a conversation to a person before: the conversation itself says so. */
export function wasHandedOver(messages: readonly Message[]): boolean {
  return messages.some(({ metadata }) => metadata?.handed_over === true)
}

/** Tells the person who has the ticket that it is theirs now, with what was said, and leaves. */
export async function handOver(
  { reply, history, leave }: Pick<Conversation, 'reply' | 'history' | 'leave'>,
  person: string | null,
  cid: string,
): Promise<void> {
  const said = await history(mostLines)
  const lines = said.filter(({ message_data }) => message_data !== '').map(lineOf)
  const to = person === null ? 'A colleague' : `@${person}`
  const text = `${to} goes on from here.\n\nWhat was said:\n${lines.join('\n')}`
  const mentions = person === null ? [] : [{ user_id: person, start: 0, end: to.length }]
  await reply(text, { mentions, metadata: { handed_over: true }, cid })
  leave()
}

function lineOf({ author, display_name, message_data }: Message): string {
  const text = [...message_data.replace(/\s+/g, ' ')]
  const shown = text.length > lineLength ? `${text.slice(0, lineLength).join('')}…` : text.join('')
  return `${display_name ?? author ?? 'Somebody'}: ${shown}`
}
