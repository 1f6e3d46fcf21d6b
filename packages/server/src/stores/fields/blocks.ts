import { isoNow } from '../../time.ts'
import type { Block } from '../domains/blocks.ts'
import { newId } from '../ids.ts'
import { type Fields, text } from './field.ts'

export const blockFields: Fields<Block> = { _id: text, user_id: text, blocked_id: text, created_at: text }

export function newBlock(user_id: string, blocked_id: string): Block {
  return { _id: newId(), user_id, blocked_id, created_at: isoNow() }
}
