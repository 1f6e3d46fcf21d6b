import { useState } from 'react'
import type { MentionRange } from '../marks/atoms.ts'
import { Marks } from '../marks/marks.tsx'

const mostCharacters = 1_500
const mostLines = 18

function isLong(text: string): boolean {
  return text.length > mostCharacters || text.split('\n', mostLines + 1).length > mostLines
}

interface MessageTextProps {
  readonly text: string
  readonly mentions?: readonly MentionRange[] | undefined
  /** Whether it is still being written: it is then shown whole, and stays so. */
  readonly isGrowing?: boolean
}

/** A message's text, never markup. A long text is folded behind a button. */
export function MessageText({ text, mentions, isGrowing = false }: MessageTextProps) {
  const [isWhole, setIsWhole] = useState(isGrowing)
  const canFold = !isGrowing && isLong(text)
  return (
    <>
      <div className="message-text" dir="auto" data-message-text data-folded={canFold && !isWhole}>
        <Marks text={text} mentions={mentions} />
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
