import type { Span } from './tokens.ts'

/** A part of a text, and where in it something is. */
export interface Excerpt {
  readonly excerpt: string
  readonly matches: Span[]
}

/** What is shown of a text before the first thing that was found, in code points. */
const lead = 60

/** Characters as people see them, each of one code point or many. */
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** The part of a text that shows what was found in it, at most so many code points. */
export function excerptOf(text: string, found: readonly Span[], most: number): Excerpt {
  const start = startOf(text, found[0]?.start ?? 0, most)
  const end = endOf(text, start, most)
  const matches = found
    .filter((span) => span.start >= start && span.start < end)
    .map((span) => ({ start: span.start - start, end: Math.min(span.end, end) - start }))
  return { excerpt: text.slice(start, end), matches }
}

/** Behind the last space before the lead, or at the beginning where that is near. */
function startOf(text: string, first: number, most: number): number {
  const before = [...text.slice(0, first)]
  if (before.length <= lead || [...text].length <= most) return 0
  const from = first - before.slice(-lead).join('').length
  const space = text.slice(from, first).search(/\s/)
  if (space >= 0) return from + space + 1
  const { index, segment } = characterAt(text, from)
  return index === from ? from : Math.min(index + segment.length, first)
}

/** As far as whole characters have place. */
function endOf(text: string, start: number, most: number): number {
  const end = start + [...text.slice(start, start + 2 * most)].slice(0, most).join('').length
  if (end >= text.length) return end
  const { index } = characterAt(text, end)
  // One that has no place for itself is cut.
  return index > start ? index : end
}

function characterAt(text: string, at: number): { readonly index: number; readonly segment: string } {
  return characters.segment(text).containing(at) ?? { index: at, segment: '' }
}
