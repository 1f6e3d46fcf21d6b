import { describe, expect, it } from 'vitest'
import * as z from 'zod/mini'
import { Id, StreamName, Text, TopicName } from '../fields.ts'
import { ReactionName } from '../message-changes.ts'
import { cleanName } from './clean-name.ts'
import { isBlank, isNormalName, normalName } from './names.ts'
import { topicName } from './topic-name.ts'

/** One of each kind of character without a shape. */
const shapeless = [
  '\u00ad', // soft hyphen
  '\u034f', // combining grapheme joiner
  '\u115f', // Hangul filler of a leading consonant
  '\u17b4', // Khmer inherent vowel
  '\u180e', // Mongolian vowel separator
  '\u200c', // zero-width non-joiner
  '\u200d', // zero-width joiner
  '\u2800', // blank Braille pattern
  '\u3164', // Hangul filler
  '\uffa0', // halfwidth Hangul filler
  '\ufe0f', // variation selector
  '\ufff9', // interlinear annotation
  '\u{1d159}', // musical null notehead
  '\u{e0041}', // tag
  '\u{e0100}', // variation selector of the supplement
]
/** One of each kind that is never mended. */
const refusedOnes = [
  '\0',
  '\t',
  '\u0085',
  '\u061c',
  '\u200b',
  '\u200e',
  '\u202e',
  '\u2028',
  '\u2066',
  '\ud800',
  '\uffff',
]

const show = (text: string) =>
  JSON.stringify(text).replace(/[^ -~]/gu, (one) => `\\u{${one.codePointAt(0)?.toString(16)}}`)
const cases = (texts: readonly string[]) => texts.map((text) => [show(text), text] as const)

describe('the normal form of a name', () => {
  it.each([
    ['composed', 'cafe\u0301', 'caf\u00e9'],
    ['without spaces at its ends', '  bob \u00a0\u3000', 'bob'],
    ['with the spaces inside', 'bob  and ann', 'bob  and ann'],
    ['of another script as it is', 'קבוצה 部屋 غرفة', 'קבוצה 部屋 غرفة'],
    ['of emoji without their joiners', '👨\u200d👩\u200d👧 ❤\ufe0f', '👨👩👧 ❤'],
    ['composed where something hidden keeps two characters apart', 'e\u034f\u0301', '\u00e9'],
  ])('[NA1] is %s', (_what, text, normal) => {
    expect(normalName(text)).toBe(normal)
    expect(z.safeParse(Id, normal).success).toBe(true)
  })

  it.each(cases(shapeless))('[NA1] has no %s', (_shown, hidden) => {
    for (const text of [`bo${hidden}b`, `bob${hidden}`, `${hidden}bob`, `${hidden}b${hidden}${hidden}ob `]) {
      expect(isNormalName(text)).toBe(false)
      expect(normalName(text)).toBe('bob')
    }
  })

  it('[NA1] is its own normal form, whatever character is in it', () => {
    const failed: string[] = []
    for (let code = 0; code <= 0x10ffff; code++) {
      const one = String.fromCodePoint(code)
      if (/[\p{Cn}\p{Co}]/u.test(one)) continue
      for (const text of [one, `a${one}\u0301`, ` ${one}b `]) {
        const [normal, topic] = [normalName(text), topicName(text)]
        if (normalName(normal) !== normal || topicName(topic) !== topic) failed.push(show(text))
      }
    }
    expect(failed).toEqual([])
  })
})

describe('an id in a payload', () => {
  it.each(cases([...shapeless, ...refusedOnes]))('[NA2] has no %s', (_shown, character) => {
    expect(z.safeParse(Id, `a${character}b`).success).toBe(false)
    expect(z.safeParse(Id, character).success).toBe(false)
    expect(z.safeParse(TopicName, `a${character}b`).success).toBe(false)
    expect(z.safeParse(StreamName, `room:a${character}b`).success).toBe(false)
  })

  it.each([
    ['bob ', /normal form.*without invisible characters and spaces at its ends/],
    ['cafe\u0301', /composed \(NFC\)/],
    ['bob\u2800', /without invisible characters/],
    ['\u3164', /1 to 128 visible characters/],
    ['', /1 to 128 visible characters/],
    ['x'.repeat(129), /at most 128 characters/],
  ])('[NA2] is refused with what is wrong with it: %j', (text, problem) => {
    expect(z.safeParse(Id, text).error?.issues[0]?.message).toMatch(problem)
  })

  it('[NA2] may be of any script, with spaces inside', () => {
    for (const text of ['ann lee', 'Ωμέγα', 'हिन्दी', '管理者', '🦄', 'x'.repeat(128), '\u0301', '#!/$'])
      expect(z.safeParse(Id, text).success, show(text)).toBe(true)
  })
})

describe('a display name', () => {
  it.each<[string, unknown, string | null]>([
    ['empty', '', null],
    ['null', null, null],
    ['missing', undefined, null],
    ['an object', { name: 'Ann' }, null],
    ['only a mark of direction', '\u200f', null],
    ['only of what has no shape', shapeless.join(''), null],
    ['only of spaces and controls', ' \t\n\u0000 ', null],
    ['a number', 42, '42'],
    ['with a mark of direction', '\u200fאנה\u202e', 'אנה'],
    ['with a tab', 'Ann\tLee', 'Ann Lee'],
    ['with a half of a pair', 'Ann\ud800', 'Ann'],
    ['decomposed, with spaces around it', '  Ame\u0301lie ', 'Am\u00e9lie'],
    ['of 129 characters', 'x'.repeat(129), 'x'.repeat(128)],
    ['of a megabyte', 'x'.repeat(1_000_000), 'x'.repeat(128)],
  ])('[NA3] that is %s is cleaned', (_what, name, cleaned) => {
    expect(cleanName(name)).toBe(cleaned)
  })

  it.each([
    ['a pair of surrogates', `${'x'.repeat(127)}🦄`, 'x'.repeat(127)],
    ['a letter and its mark', `${'x'.repeat(127)}q\u0323`, 'x'.repeat(127)],
    ['a flag', `${'x'.repeat(126)}🇫🇷`, 'x'.repeat(126)],
    ['a letter and its 500 marks', `q${'\u0323'.repeat(500)}`, `q${'\u0323'.repeat(127)}`],
  ])('[NA3] is not cut inside of %s', (_what, name, cut) => {
    expect(cleanName(name)).toBe(cut)
  })
})

describe('a text', () => {
  it.each(cases([...shapeless, shapeless.join(' '), '\u200b', '\u202e', '\t', '\u3000', '\u0007']))(
    '[NA4] of nothing but %s is empty',
    (_shown, text) => {
      expect(isBlank(text)).toBe(true)
      expect(z.safeParse(Text, text).error?.issues[0]?.message).toBe('expected a text that is not empty')
    },
  )

  it.each([
    'می\u200cخواهم',
    'ශ්\u200dරී',
    '👨\u200d👩\u200d👧',
    '❤\ufe0f',
    ' e\u0301\u202e ',
    '.',
    '\u0301',
    'a\u00adb',
  ])('[NA4] keeps its bytes: %s', (text) => {
    expect(z.parse(Text, text)).toBe(text)
  })
})

it('[NA5] normalizes topics: lower case, with _ for spaces', () => {
  expect(topicName(' Cafe\u0301 au\u00ad Lait ')).toBe('caf\u00e9_au_lait')
  expect(z.safeParse(TopicName, 'Billing').success).toBe(false)
})

describe('a reaction', () => {
  it.each([
    ['❤\ufe0f', '❤'],
    ['❤', '❤'],
    ['\u2764\ufe0e', '❤'],
    ['1\ufe0f\u20e3', '1\u20e3'],
    ['👁\ufe0f\u200d🗨\ufe0f', '👁\u200d🗨'],
    ['👨\u200d👩\u200d👧\u200d👦', '👨\u200d👩\u200d👧\u200d👦'],
    ['👩🏽\u200d❤\ufe0f\u200d💋\u200d👨🏿', '👩🏽\u200d❤\u200d💋\u200d👨🏿'],
    ['🏳\ufe0f\u200d🌈', '🏳\u200d🌈'],
    [
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
      '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
    ],
    ['🇫🇷', '🇫🇷'],
    ['+1', '+1'],
  ])('[CH3] is taken in its normal form: %s', (text, normal) => {
    expect(z.parse(ReactionName, text)).toBe(normal)
    expect(z.parse(ReactionName, normal)).toBe(normal)
  })

  it.each([
    ['\ufe0f', /visible characters/],
    ['', /visible characters/],
    ['❤ ', /normal form/],
    ['👍\u200d', /normal form/],
    ['\u200d👍', /normal form/],
    ['a\u200db', /normal form/],
    ['🏴\u{e0067}\u{e0062}', /normal form/],
    ['👍\u202e', /visible characters/],
    ['x'.repeat(33), /at most 32 characters/],
  ])('[CH3] has no characters without a shape beside emoji: %j', (text, problem) => {
    expect(z.safeParse(ReactionName, text).error?.issues[0]?.message).toMatch(problem)
  })
})
