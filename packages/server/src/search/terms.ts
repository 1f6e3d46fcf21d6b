import type { Token } from './tokens.ts'

/** Raise it with every change of what a text's terms are: then all messages are indexed anew. */
const formOfTerms = 1

/**
 * What the terms of an index were made by. The dictionaries of some scripts, and the letters that Unicode knows, come with the
 * runtime.
 */
export const termsVersion = `${formOfTerms}/${process.versions.icu}/${process.versions.unicode}`

/** Longer words are cut, in messages and in what is looked for. */
const longestWord = 40
/** The beginnings of words that are terms too, in code points: the beginning of a word is looked for by the longest of them. */
const beginnings = [8, 5, 3] as const
/** How many different terms a message has: those of its first ones. */
const mostTerms = 2_000

/** The word as it is compared. */
export function cut(word: string): string {
  return word.length <= longestWord ? word : [...word].slice(0, longestWord).join('')
}

/** What a text is found by. A term has letters, digits and emojis alone, but that the beginning of words ends with an asterisk. */
export function termsOf(tokens: readonly Token[]): string[] {
  const terms = new Set<string>()
  for (const { text, run } of tokens) {
    if (terms.size >= mostTerms) break
    if (run) for (const term of [...text, ...pairsOf(text)]) terms.add(term)
    else {
      const word = cut(text)
      terms.add(word)
      for (const beginning of beginningsOf(word)) terms.add(beginning)
    }
  }
  return [...terms].slice(0, mostTerms)
}

/** The terms by which a part of a run is found: its character, or each two that stand side by side. */
export function termsOfRun(text: string): string[] {
  const pairs = pairsOf(text)
  return pairs.length > 0 ? pairs : [text]
}

/** The term by which words with this beginning are found; nothing begins with fewer characters than the shortest beginning. */
export function termOfBeginning(text: string): string {
  return beginningsOf(cut(text))[0] ?? text
}

function beginningsOf(word: string): string[] {
  if (word.length < 3) return []
  const characters = [...word]
  return beginnings
    .filter((length) => characters.length >= length)
    .map((length) => `${characters.slice(0, length).join('')}*`)
}

function pairsOf(text: string): string[] {
  const characters = [...text]
  return characters.slice(1).map((character, at) => `${characters[at]}${character}`)
}
