import { describe, expect, it } from 'vitest'
import { languageCases } from '../../tests/support/languages.ts'
import { excerptOf } from './excerpt.ts'
import { matchesIn } from './matches.ts'
import { termsOf } from './terms.ts'
import { tokensOf } from './tokens.ts'
import { termsWanted, wantedIn } from './wanted.ts'

/** Whether a text is found: by the index, and by the look at what it has found. */
function isFound(text: string, wanted: string): [index: boolean, text: boolean] {
  const terms = new Set(termsOf(tokensOf(text)))
  const asked = wantedIn(wanted)
  const isIndexed = asked.length > 0 && termsWanted(asked).every((term) => terms.has(term))
  return [isIndexed, asked.length > 0 && matchesIn(text, asked) !== undefined]
}

describe.each(languageCases)('[FT2] a text in $language', ({ text, finds, misses }) => {
  it.each(finds)('is found by %s', (wanted) => {
    expect(isFound(text, wanted)).toEqual([true, true])
  })

  it.each(misses)('is not found by %s', (wanted) => {
    expect(isFound(text, wanted).every(Boolean)).toBe(false)
  })

  it('shows what was found where it is, in the text and in an excerpt of it', () => {
    for (const wanted of finds) {
      const found = matchesIn(text, wantedIn(wanted)) ?? []
      expect(found.length, wanted).toBeGreaterThan(0)
      const long = `${'Before. '.repeat(40)}${text}${' After.'.repeat(40)}`
      const { excerpt, matches } = excerptOf(long, matchesIn(long, wantedIn(wanted)) ?? [], 200)
      expect([...excerpt].length).toBeLessThanOrEqual(200)
      const shown = matches.map(({ start, end }) => excerpt.slice(start, end))
      expect(shown, wanted).toEqual(found.map(({ start, end }) => text.slice(start, end)))
    }
  })
})

it('[FT2] finds in any other text what is in it', () => {
  for (const one of languageCases)
    for (const other of languageCases) {
      const foreign = one === other ? [] : other.finds.filter((wanted) => [...wanted].length > 3)
      for (const wanted of foreign) {
        const [isIndexed, isThere] = isFound(one.text, wanted)
        expect(isThere && !isIndexed, `${one.language}: ${wanted}`).toBe(false)
      }
    }
})
