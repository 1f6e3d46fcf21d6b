import type { Span } from './tokens.ts'

/** A part of a text, and where in it something is. */
export interface Excerpt {
  readonly excerpt: string
  readonly matches: Span[]
}

/** What is shown of a text before the first thing that was found, in code points. */
const lead = 60

/** The part of a text that shows what was found in it, at most so many code points. */
export function excerptOf(text: string, found: readonly Span[], most: number): Excerpt {
  const start = startOf(text, found[0]?.start ?? 0, most)
  const excerpt = [...text.slice(start)].slice(0, most).join('')
  const end = start + excerpt.length
  const matches = found
    .filter((span) => span.start >= start && span.start < end)
    .map((span) => ({ start: span.start - start, end: Math.min(span.end, end) - start }))
  return { excerpt, matches }
}

/** Behind the last space before the lead, or at the beginning where that is near. */
function startOf(text: string, first: number, most: number): number {
  const before = [...text.slice(0, first)]
  if (before.length <= lead || [...text].length <= most) return 0
  const from = first - before.slice(-lead).join('').length
  const space = text.slice(from, first).search(/\s/)
  return space < 0 ? from : from + space + 1
}
