import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { languageCases } from '../../tests/support/languages.ts'
import { termsOfMessage } from './content.ts'
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

it('[FT2] gives the dictionary of an unspaced script pieces of a bounded length, and no word is cut by that', () => {
  const segment = vi.spyOn(Intl.Segmenter.prototype, 'segment')
  onTestFinished(() => segment.mockRestore())
  const sentence = 'พรุ่งนี้ฉันจะไปประเทศไทยกับเพื่อน'
  for (const text of ['\u1000'.repeat(16_000), sentence.repeat(400), 'ก'.repeat(16_000)]) {
    segment.mockClear()
    tokensOf(text)
    const lengths = segment.mock.calls.map(([piece]) => piece.length)
    expect(Math.max(...lengths)).toBeLessThanOrEqual(500)
    expect(lengths.reduce((sum, length) => sum + length)).toBeLessThan(2 * text.length)
  }
  // As one piece has it.
  const dictionary = new Intl.Segmenter('en', { granularity: 'word' })
  for (let before = 0; before < sentence.length; before++) {
    const text = sentence.slice(before) + sentence.repeat(40)
    const words = Array.from(dictionary.segment(text), ({ segment: word }) => word)
    expect(tokensOf(text).map(({ start, end }) => text.slice(start, end))).toEqual(words)
  }
})

it('[FT2] compares the first 40 characters of a word, whatever is in it', () => {
  for (const word of ['a', '\ufdfa', 'e\u0301', '𝒜', "a'", '👨\u200d'].map((part) => part.repeat(5_000)))
    for (const { text } of tokensOf(word)) expect([...text].length).toBeLessThanOrEqual(40)
  const long = 'x'.repeat(60)
  expect(isFound(`one ${long}y`, `${long}z`)).toEqual([true, true])
})

it('[FT1] indexes the names of files first, and 2,000 terms of words and 5,000 of runs of a message', () => {
  const character = (at: number) => String.fromCodePoint(0x4e00 + (at % 20_000))
  const chinese = Array.from({ length: 16_000 }, (_, at) => character(at * 7919)).join('')
  const words = Array.from({ length: 3_000 }, (_, at) => `w${at}`).join(' ')
  const attachments = [{ name: 'Angebot.pdf' }, { name: '合同.pdf' }]
  for (const text of [chinese, words, `${words} ${chinese}`]) {
    const terms = new Set(termsOfMessage({ kind: 'text', message_data: text, attachments }))
    for (const wanted of ['angebot', '合同'])
      expect(termsWanted(wantedIn(wanted)).every((term) => terms.has(term))).toBe(true)
  }
  const terms = termsOfMessage({ kind: 'text', message_data: `${words} ${chinese}`, attachments })
  expect(terms.length).toBe(7_000)
  expect(new Set(terms).size).toBe(7_000)
})

describe('[FT1] what is shown', () => {
  const characters = (text: string) =>
    Array.from(new Intl.Segmenter('en').segment(text), ({ segment }) => segment)
  const shown = (text: string, wanted: string) => {
    const { excerpt, matches } = excerptOf(text, matchesIn(text, wantedIn(wanted)) ?? [], 200)
    return { excerpt, marked: matches.map(({ start, end }) => excerpt.slice(start, end)) }
  }

  it('begins and ends between characters, however many code points they are of', () => {
    const thai = 'พรุ่งนี้ฉันจะไปเที่ยวกับเพื่อนที่ร้านน้ำชาใกล้ที่ทำงาน'
    const family = '👨‍👩‍👧'
    const flags = '🇩🇪🇫🇷'
    for (const [part, wanted] of [
      [thai, ' กรุงเทพ '],
      [family, ' hello '],
      [flags, ' hello '],
      ['e\u0301', ' hello '],
    ] as const)
      for (let before = 0; before < 5; before++) {
        const text = `${'ก'.repeat(before)}${part.repeat(120)}${wanted}${'ก'.repeat(before)}${part.repeat(120)}`
        const { excerpt, marked } = shown(text, wanted)
        expect(characters(text).join('|')).toContain(characters(excerpt).join('|'))
        expect([...excerpt].length).toBeLessThanOrEqual(200)
        expect([...excerpt].length).toBeGreaterThan(150)
        expect(marked).toEqual([wanted.trim()])
      }
  })

  it('has what was found, also where a character is longer than what is shown', () => {
    const zalgo = `e${'\u0301'.repeat(400)}`
    for (const text of [`hello ${zalgo}`, `${zalgo} hello ${zalgo}`, `${zalgo.repeat(2)}👍hello`]) {
      const { excerpt, marked } = shown(text, 'hello')
      expect([...excerpt].length).toBeLessThanOrEqual(200)
      expect(marked).toEqual(['hello'])
    }
  })

  it('marks the whole of an emoji of several parts', () => {
    const text = 'I ❤️ it 👍🏽 and 👨‍👩‍👧 🇩🇪'
    expect(shown(text, '❤ 👍 👩 🇩🇪').marked).toEqual(['❤️', '👍🏽', '👨‍👩‍👧', '🇩🇪'])
  })
})
