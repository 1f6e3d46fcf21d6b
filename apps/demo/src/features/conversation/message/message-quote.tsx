import type { Message } from '@dowellchat/client'
import { useIsBlocked } from '../../people/use-is-blocked.ts'
import { useNameOf } from '../../people/use-name-of.ts'
import { useSelf } from '../../people/use-self.ts'
import { useConversationActions } from '../conversation-context.ts'
import { plainTextOf } from '../marks/blocks.ts'
import { blockedWords } from './blocked-words.ts'

interface MessageQuoteProps {
  readonly message: Pick<Message, 'reply_to' | 'quote'>
  readonly isCurrent: boolean
}

/** What a reply answers, in short; a click shows the message itself. */
export function MessageQuote({ message: { reply_to, quote }, isCurrent }: MessageQuoteProps) {
  const { jumpTo } = useConversationActions()
  if (!quote) return reply_to === null ? null : <p className="message-mark">Answers a removed message</p>
  return (
    <button type="button" className="quote" tabIndex={isCurrent ? 0 : -1} onClick={() => jumpTo(quote.nth)}>
      <span className="visually-hidden">Answers </span>
      <QuoteWords author={quote.author} name={quote.display_name} text={quote.message_data} />
    </button>
  )
}

interface QuoteWordsProps {
  readonly author: string | null
  readonly name: string | null
  readonly text: string
}

/** Who wrote what, in two lines; not what somebody wrote whom you have blocked. */
export function QuoteWords({ author, name, text }: QuoteWordsProps) {
  const { userId } = useSelf()
  const known = useNameOf(author ?? '', name)
  const isBlocked = useIsBlocked(author ?? '')
  return (
    <>
      <bdi className="quote-name one-line">{author === userId ? 'You' : known}</bdi>
      <span className="quote-text one-line" dir="auto">
        {isBlocked ? blockedWords : text === '' ? 'Files' : plainTextOf(text)}
      </span>
    </>
  )
}
