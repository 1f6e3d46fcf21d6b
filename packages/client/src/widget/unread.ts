import type { ChatClient } from '../client.ts'

interface UnreadParts {
  readonly showUnread: (count: number) => void
  /** Somebody else has written. */
  readonly onMessage: () => void
}

/** Follows how much is new in one conversation, and that something came; the answer ends it. */
export function followUnread(
  client: ChatClient,
  ticketId: string,
  { showUnread, onMessage }: UnreadParts,
): () => void {
  const stream = client.tickets.messages(ticketId)
  let newest: number | undefined

  function look(): void {
    const { status, messages, unread } = stream.getSnapshot()
    if (status !== 'ready') return
    showUnread(unread)
    const last = messages.findLast(
      ({ isOwn, message }) => !isOwn && message.seq !== null && message.kind === 'text',
    )
    const seq = last?.message.seq ?? 0
    if (newest !== undefined && seq > newest) onMessage()
    newest = Math.max(newest ?? 0, seq)
  }

  const stops = [stream.retain(), stream.subscribe(look)]
  look()
  return () => {
    for (const stop of stops) stop()
    showUnread(0)
  }
}
