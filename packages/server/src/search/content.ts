import { termsOf } from './terms.ts'
import { tokensOf } from './tokens.ts'

/** What a message is found by. */
export interface Searchable {
  readonly kind: string
  readonly message_data: string
  readonly attachments?: readonly { readonly name: string }[] | undefined
}

/** The names of a message's files, which are looked for as its text is. */
export function fileNamesOf({ attachments = [] }: Pick<Searchable, 'attachments'>): string[] {
  return attachments.map(({ name }) => name)
}

/** The terms of a message; none where nobody has written it. */
export function termsOfMessage(message: Searchable): string[] {
  if (message.kind !== 'text') return []
  const texts = [message.message_data, ...fileNamesOf(message)]
  return termsOf(texts.flatMap(tokensOf))
}
