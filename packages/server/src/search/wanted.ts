import { termOfBeginning, termsOfRun } from './terms.ts'
import { tokensOf } from './tokens.ts'

/** One of the things that a message has to have. */
export interface Wanted {
  readonly text: string
  /** `word`: exactly it. `beginning`: a word that begins so. `run`: the characters in this order, anywhere. */
  readonly as: 'word' | 'beginning' | 'run'
}

/** What a text looks for: each of its words, of which the last may be the beginning of one. */
export function wantedIn(text: string): Wanted[] {
  const tokens = tokensOf(text)
  const last = tokens.at(-1)
  let end = 0
  const wanted = tokens.flatMap((token): Wanted[] => {
    // A part of a word that is wanted as a whole.
    if (token.start < end) return []
    end = token.end
    if (token.run) return [{ text: token.text, as: 'run' }]
    const isLast = last !== undefined && last.end === token.end
    return [{ text: token.text, as: isLast ? 'beginning' : 'word' }]
  })
  return wanted.filter((one, at) => wanted.findIndex((other) => isSame(one, other)) === at)
}

/** By how many terms messages are looked for; whether they have the others is seen in their texts. */
const mostTerms = 16

/** The terms that such a message has, the longest first: they are the rarest. */
export function termsWanted(wanted: readonly Wanted[]): string[] {
  const terms = wanted.flatMap(({ text, as }) => {
    if (as === 'run') return termsOfRun(text)
    return [as === 'beginning' ? termOfBeginning(text) : text]
  })
  return [...new Set(terms)].sort((a, b) => b.length - a.length).slice(0, mostTerms)
}

function isSame(one: Wanted, other: Wanted): boolean {
  return one.text === other.text && one.as === other.as
}
