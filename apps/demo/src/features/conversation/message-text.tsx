import { useState } from 'react'
import { piecesOf } from './links.ts'

const mostCharacters = 1_500
const mostLines = 18

function isLong(text: string): boolean {
  return text.length > mostCharacters || text.split('\n', mostLines + 1).length > mostLines
}

/** A message's text, never markup. A long text is folded behind a button. */
export function MessageText({ text }: { readonly text: string }) {
  const [isWhole, setIsWhole] = useState(false)
  const canFold = isLong(text)
  return (
    <>
      <div className="message-text" dir="auto" data-message-text data-folded={canFold && !isWhole}>
        {piecesOf(text).map(({ text: piece, href }, at) => (
          <TextPiece key={at} text={piece} href={href} />
        ))}
      </div>
      {canFold && (
        <button
          type="button"
          className="button small quiet"
          aria-expanded={isWhole}
          onClick={() => setIsWhole(!isWhole)}
        >
          {isWhole ? 'Show less' : 'Show all'}
        </button>
      )}
    </>
  )
}

function TextPiece({ text, href }: { readonly text: string; readonly href: string | null }) {
  if (href === null) return text
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      <bdi>{text}</bdi>
    </a>
  )
}
