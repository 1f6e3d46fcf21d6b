import type { MissedCall, UnreadMessages } from '@dowellchat/server'

export type UnreadEvent = UnreadMessages | MissedCall

/** What the service worker gets. */
export interface Notification {
  readonly kind: 'message' | 'ticket' | 'call'
  readonly title: string
  readonly body: string
  /** A newer notification of the same tag takes the place of an older one. */
  readonly tag: string
  readonly stream: string | null
  readonly caller?: string
  readonly unread?: number
}

// A push service takes 4 KiB at most, encrypted.
const mostBody = 200
const mostTitle = 100

/** Says in a few words what somebody has not seen. */
export function notificationOf(event: UnreadEvent): Notification {
  if (event.type === 'missed_call') {
    const { caller, caller_name } = event
    const title = short(caller_name ?? caller, mostTitle)
    return { kind: 'call', title, body: 'Missed call', tag: `call:${caller}`, stream: null, caller }
  }
  const { stream, unread, message } = event
  const { author, display_name, message_data } = message
  const kind = stream.startsWith('ticket:') ? 'ticket' : 'message'
  const files = message.attachments?.map(({ name }) => name).join(', ')
  return {
    kind,
    title: short(display_name ?? author ?? 'New message', mostTitle),
    body: short(message_data || files || 'A message', mostBody),
    tag: stream,
    stream,
    unread,
  }
}

/** By whole characters. */
function short(text: string, most: number): string {
  const characters = [...text]
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : text
}
