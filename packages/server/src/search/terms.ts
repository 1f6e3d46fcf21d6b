import type { Token } from './tokens.ts'

/** Raise it with every change of what a text's terms are: then all messages are indexed anew. */
const formOfTerms = 2

/**
 * What the terms of an index were made by. The dictionaries of some scripts, and the letters that Unicode knows, come with the
 * runtime.
 */
export const termsVersion = `${formOfTerms}/${process.versions.icu}/${process.versions.unicode}`

/** The beginnings of words that are terms too, in code points: the beginning of a word is looked for by the longest of them. */
const beginnings = [8, 5, 3] as const
/** How many different terms a message has of words, and of runs: those of its first ones. */
const mostOfWords = 2_000
const mostOfRuns = 5_000

/** What a text is found by. A term has letters, digits and emojis alone, but that the beginning of words ends with an asterisk. */
export function termsOf(tokens: readonly Token[]): string[] {
  const words = new Set<string>()
  const runs = new Set<string>()
  for (const { text, run } of tokens) {
    if (run) addTo(runs, [...text, ...pairsOf(text)], mostOfRuns)
    else addTo(words, [text, ...beginningsOf(text)], mostOfWords)
  }
  return [...words, ...runs]
}

function addTo(terms: Set<string>, some: readonly string[], most: number): void {
  for (const term of some) {
    if (terms.size >= most) return
    terms.add(term)
  }
}

/** The terms by which a part of a run is found: its character, or each two that stand side by side. */
export function termsOfRun(text: string): string[] {
  const pairs = pairsOf(text)
  return pairs.length > 0 ? pairs : [text]
}

/** The term by which words with this beginning are found; nothing begins with fewer characters than the shortest beginning. */
export function termOfBeginning(text: string): string {
  return beginningsOf(text)[0] ?? text
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
