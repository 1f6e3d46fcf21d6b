import { limits } from '../limits.ts'
import type { Message, Quote } from '../messages.ts'

/** The short form of a message, for a reply to it. */
export function quoteOf({ _id, seq, nth, author, display_name, message_data }: Message): Quote {
  return { _id, seq, nth, author, display_name, message_data: beginning(message_data, limits.quote_length) }
}

/** As much of a text as so many code points are. */
function beginning(text: string, codePoints: number): string {
  if (text.length <= codePoints) return text
  // No code point has more than two units.
  return Array.from(text.slice(0, 2 * codePoints))
    .slice(0, codePoints)
    .join('')
}
