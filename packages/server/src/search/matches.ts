import { type Span, type Token, tokensOf } from './tokens.ts'
import type { Wanted } from './wanted.ts'

/**
 * Where a text has what is wanted, in order and without overlaps; undefined where it has not all of it.
 * @param others further texts in which it may be, such as the names of files
 */
export function matchesIn(
  text: string,
  wanted: readonly Wanted[],
  others: readonly string[] = [],
): Span[] | undefined {
  const tokens = tokensOf(text)
  const further = others.flatMap(tokensOf)
  const found: Span[] = []
  for (const one of wanted) {
    const spans = spansOf(tokens, one)
    if (spans.length === 0 && spansOf(further, one).length === 0) return undefined
    found.push(...spans)
  }
  return joined(found)
}

function spansOf(tokens: readonly Token[], wanted: Wanted): Span[] {
  if (wanted.as === 'run') return tokens.flatMap((token) => partsOf(token, wanted.text))
  return tokens.filter((token) => !token.run && isWanted(token.text, wanted))
}

function isWanted(word: string, { text, as }: Wanted): boolean {
  // What is shorter than the shortest beginning that is a term is looked for as it is.
  return as === 'word' || [...text].length < 3 ? word === text : word.startsWith(text)
}

/** Each place of some characters in a run. */
function partsOf({ text, run }: Token, wanted: string): Span[] {
  const spans: Span[] = []
  for (let at = run ? text.indexOf(wanted) : -1; at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    const [first, last] = [run?.[at], run?.[at + wanted.length - 1]]
    if (first && last) spans.push({ start: first.start, end: last.end })
  }
  return spans
}

function joined(spans: readonly Span[]): Span[] {
  const sorted = spans.toSorted((a, b) => a.start - b.start || b.end - a.end)
  const apart: Span[] = []
  for (const { start, end } of sorted) {
    const last = apart.at(-1)
    if (!last || start >= last.end) apart.push({ start, end })
    else if (end > last.end) apart[apart.length - 1] = { start: last.start, end }
  }
  return apart
}
