import { useTyping } from '@dowellchat/client/react'
import { nameFromId } from '../people/names.ts'
import type { Place } from './conversation-context.ts'

/** Who else is writing. Its place is kept while nobody is, so that nothing moves. */
export function TypingLine({ place }: { readonly place: Place }) {
  const { typing } = useTyping(place)
  const names = typing.map(({ user_id, display_name }) => display_name ?? nameFromId(user_id))
  return (
    <p className="typing-line" data-typing={names.length > 0}>
      {names.length > 0 && (
        <>
          <span className="typing-dots" aria-hidden>
            <span />
            <span />
            <span />
          </span>
          <bdi className="one-line">{typingWords(names)}</bdi>
        </>
      )}
    </p>
  )
}

function typingWords(names: readonly string[]): string {
  const [first, second] = names
  if (names.length === 1) return `${first} is writing…`
  if (names.length === 2) return `${first} and ${second} are writing…`
  return `${first} and ${names.length - 1} others are writing…`
}
