import type { SearchHit } from '@dowellchat/client'
import { Fragment } from 'react'

interface ExcerptProps {
  readonly text: string
  readonly matches: SearchHit['matches']
}

/** A part of a text, with what was found in it marked. */
export function Excerpt({ text, matches }: ExcerptProps) {
  const ends = [0, ...matches.map(({ end }) => end)]
  return (
    <span className="search-excerpt" dir="auto">
      {matches.map(({ start, end }, at) => (
        <Fragment key={start}>
          {text.slice(ends[at], start)}
          <mark>{text.slice(start, end)}</mark>
        </Fragment>
      ))}
      {text.slice(ends.at(-1))}
    </span>
  )
}
