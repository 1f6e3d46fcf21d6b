import { Message } from '@dowellchat/protocol'
import type { MessageDraft, Placed } from './store.ts'

/** A message's JSON as every answer, push and page carries it: parsed once, here, and kept. */
export function messageText(draft: MessageDraft, placed: Placed, stream: string): string {
  return JSON.stringify(Message.parse({ ...draft, ...placed, stream, type: 'message' }))
}
