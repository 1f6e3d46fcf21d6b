import { CircleAlert } from 'lucide-react'
import { wordsOf } from '../lib/words.ts'

interface ProblemProps {
  /** What went wrong: an error, or words for it. */
  readonly what: Error | string | null
  readonly id?: string
}

/** An error text, announced to screen readers when it appears. Takes no space while there is none. */
export function Problem({ what, id }: ProblemProps) {
  const text = what instanceof Error ? wordsOf(what) : what
  return (
    <div role="alert" id={id} className="problem">
      {text !== null && (
        <>
          <CircleAlert aria-hidden />
          <span dir="auto">{text}</span>
        </>
      )}
    </div>
  )
}
