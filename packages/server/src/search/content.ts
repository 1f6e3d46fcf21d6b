import type { Message } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { termsOf } from './terms.ts'
import { tokensOf } from './tokens.ts'

/** What a message is found by. */
export interface Searchable {
  readonly kind: string
  readonly message_data: string
  readonly attachments?: readonly { readonly name: string }[] | undefined
}

/** What indexing needs of a message as it is stored. */
const Indexable = z.object({
  _id: z.string(),
  kind: z.string(),
  message_data: z.string(),
  attachments: z.optional(z.array(z.object({ name: z.string() }))),
})

/** A stored message; undefined where it is damaged: then it is found by nothing. */
export function readIndexable(text: string): Message | undefined {
  const read = readJson(text)
  // What is looked at is as it should be, and the store has made the rest.
  return z.safeParse(Indexable, read).success ? (read as Message) : undefined
}

/** Undefined where it is no JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The names of a message's files, which are looked for as its text is. */
export function fileNamesOf({ attachments = [] }: Pick<Searchable, 'attachments'>): string[] {
  return attachments.map(({ name }) => name)
}

/** The terms of a message; none where nobody has written it. The names come first: a long text leaves no place for others. */
export function termsOfMessage(message: Searchable): string[] {
  if (message.kind !== 'text') return []
  const texts = [...fileNamesOf(message), message.message_data]
  return termsOf(texts.flatMap(tokensOf))
}
