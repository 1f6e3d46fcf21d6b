import type { SearchHit } from '@dowellchat/client'
import { plainTextOf } from '../conversation/marks/blocks.ts'

interface ExcerptProps {
  readonly text: string
  readonly matches: SearchHit['matches']
}

/** Stand around what was found while the text loses its own marks. Nobody writes them. */
const [from, to] = ['\ue000', '\ue001']

/** A part of a text as people read it, with what was found in it marked. */
export function Excerpt({ text, matches }: ExcerptProps) {
  const marked = matches.reduceRight(
    (all, { start, end }) => `${all.slice(0, start)}${from}${all.slice(start, end)}${to}${all.slice(end)}`,
    text,
  )
  const pieces = plainTextOf(marked, marked.length).split(/[\ue000\ue001]/)
  return (
    <span className="search-excerpt" dir="auto">
      {pieces.map((piece, at) =>
        at % 2 === 0 ? piece : <mark key={matches[(at - 1) / 2]?.start}>{piece}</mark>,
      )}
    </span>
  )
}
