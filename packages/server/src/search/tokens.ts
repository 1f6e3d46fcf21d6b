import { fold } from './fold.ts'

/** A part of a text that can be looked for; `start` and `end` are UTF-16 code units of the text. */
export interface Token {
  /** As `fold` makes it. */
  readonly text: string
  readonly start: number
  readonly end: number
  /**
   * Only of a run of characters that are written without spaces: where each code unit of `text` is from. Any part of a run
   * can be looked for.
   */
  readonly run?: readonly Span[]
}

export interface Span {
  readonly start: number
  readonly end: number
}

/** Chinese, Japanese and Korean, in which what people look for begins and ends anywhere. */
const cjk =
  '\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Hang}\\p{sc=Bopo}\\u30fc\\uff70\\u3099\\u309a\\uff9e\\uff9f'
/** Scripts without spaces that are cut into words by a dictionary. */
const unspaced = '\\p{sc=Thai}\\p{sc=Laoo}\\p{sc=Khmr}\\p{sc=Mymr}'
const begins = `(?![${cjk}${unspaced}])[\\p{L}\\p{N}]`
const follows = `(?![${cjk}${unspaced}])[\\p{L}\\p{N}\\p{M}\\u200c\\u200d\\u00ad]`

const parts = new RegExp(
  [
    `(?<run>[${cjk}]+)`,
    `(?<unspaced>[${unspaced}]+)`,
    `(?<word>${begins}(?:${follows})*(?:['’ʼ](?:${follows})+)*)`,
    `(?<emoji>\\p{Extended_Pictographic})`,
  ].join('|'),
  'gu',
)
const apostrophes = /['’ʼ]/g
/** A syllable of Korean, or a character of Japanese, that is written in several parts. */
const characters = /[\u1100-\u115f][\u1160-\u11a7]?[\u11a8-\u11ff]?|.[\u3099\u309a\uff9e\uff9f]?/gu

const segmenter = new Intl.Segmenter('en', { granularity: 'word' })

/** All parts of a text that can be looked for, in their order. A word with apostrophes is followed by its own parts. */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (const { index, groups = {}, 0: part } of text.matchAll(parts)) {
    if (groups.run !== undefined) tokens.push(runOf(part, index))
    else if (groups.unspaced !== undefined) tokens.push(...segmentsOf(part, index))
    else tokens.push(...wordsOf(part, index))
  }
  return tokens.filter((token) => token.text !== '')
}

function runOf(part: string, from: number): Token {
  let text = ''
  const run: Span[] = []
  for (const { index, 0: character } of part.matchAll(characters)) {
    const folded = fold(character)
    const span = { start: from + index, end: from + index + character.length }
    text += folded
    for (let unit = 0; unit < folded.length; unit++) run.push(span)
  }
  return { text, start: from, end: from + part.length, run }
}

function segmentsOf(part: string, from: number): Token[] {
  return [...segmenter.segment(part)].map(({ segment, index }) => wordAt(segment, from + index))
}

/** People look for `école` in `l'école`, and for `dont` in `don't`. */
function wordsOf(part: string, from: number): Token[] {
  const whole = wordAt(part, from)
  if (part.search(apostrophes) < 0) return [whole]
  let at = from
  const pieces = part.split(apostrophes).map((piece) => {
    const token = wordAt(piece, at)
    at += piece.length + 1
    return token
  })
  return [whole, ...pieces]
}

function wordAt(part: string, start: number): Token {
  return { text: fold(part), start, end: start + part.length }
}
