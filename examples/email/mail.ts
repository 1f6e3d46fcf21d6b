import type { UnreadMessages } from '@dowellchat/server'

export interface Mail {
  readonly to: string
  readonly subject: string
  readonly text: string
}

/** What a customer reads. It is plain text: nothing that somebody wrote in the chat can become a page. */
export function mailFor(
  { stream, unread, message }: UnreadMessages,
  { to, ticketUrl }: { readonly to: string; readonly ticketUrl: string },
): Mail {
  const ticket = stream.slice('ticket:'.length)
  const author = oneLine(message.display_name ?? 'Our support')
  const others = unread > 1 ? ` (and ${unread - 1} more)` : ''
  const text = [
    `${author} has answered you${others}:`,
    '',
    ...message.message_data.split('\n').map((line) => `> ${line}`),
    '',
    `Read and answer here: ${ticketUrl.replace('{ticket}', encodeURIComponent(ticket))}`,
  ]
  return { to, subject: `${author} has answered you`, text: text.join('\n') }
}

/** A header has no line breaks. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').slice(0, 80)
}
