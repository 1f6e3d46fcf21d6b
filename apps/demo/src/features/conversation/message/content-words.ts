import type { Message } from '@dowellchat/client'
import { filesWords } from '../files/file-words.ts'
import { plainTextOf } from '../marks/blocks.ts'

/** What a message says in one line: its text without marks, or what its files are. */
export function contentWords({
  message_data,
  attachments,
}: Pick<Message, 'message_data' | 'attachments'>): string {
  return message_data === '' ? filesWords(attachments) : plainTextOf(message_data)
}
