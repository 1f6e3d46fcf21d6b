import { apostrophe, fold } from './fold.ts'

/** A part of a text that can be looked for; `start` and `end` are UTF-16 code units of the text. */
export interface Token {
  /** As `fold` makes it; of a word so much as is compared. */
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
/** With what says how it looks: its colour, or the letters of a flag of a part of a country. */
const emoji = '\\p{Extended_Pictographic}[\\ufe0e\\ufe0f\\u{1f3fb}-\\u{1f3ff}\\u{e0020}-\\u{e007f}]*'

const parts = new RegExp(
  [
    `(?<run>[${cjk}]+)`,
    `(?<unspaced>[${unspaced}]+)`,
    `(?<word>${begins}(?:${follows})*(?:${apostrophe}(?:${follows})+)*)`,
    `(?<emoji>\\p{RI}\\p{RI}|${emoji}(?:\\u200d${emoji})*)`,
  ].join('|'),
  'gu',
)
const apostrophes = new RegExp(apostrophe, 'g')
const pictures = /\p{Extended_Pictographic}/gu
/** A syllable of Korean, or a character of Japanese, that is written in several parts. */
const characters = /[\u1100-\u115f][\u1160-\u11a7]?[\u11a8-\u11ff]?|.[\u3099\u309a\uff9e\uff9f]?/gu

const segmenter = new Intl.Segmenter('en', { granularity: 'word' })
/** How much of a run the segmenter gets at a time, in UTF-16 code units: it takes a time that grows by the square. */
const mostSegmented = 500
/** So many words at the end of a piece depend on what follows: the next piece begins with them. */
const mostInDoubt = 4
/** Longer words are cut, in messages and in what is looked for, in code points. */
const longestWord = 40
/** As much of a word is looked at, in UTF-16 code units: one letter may have any number of accents, or become eighteen. */
const mostOfWord = 1_000

/**
 * All parts of a text that can be looked for, in their order. A word with apostrophes is followed by its own parts, and so is
 * an emoji of several.
 */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  for (const { index, groups = {}, 0: part } of text.matchAll(parts)) {
    if (groups.run !== undefined) tokens.push(runOf(part, index))
    else if (groups.unspaced !== undefined) tokens.push(...segmentsOf(part, index))
    else if (groups.emoji !== undefined) tokens.push(...emojisOf(part, index))
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
  const tokens: Token[] = []
  for (let at = 0; at < part.length; ) {
    const piece = part.slice(at, at + mostSegmented)
    const segments = [...segmenter.segment(piece)]
    const goOn = segments.at(-mostInDoubt)?.index ?? 0
    const isCut = at + piece.length < part.length && goOn > piece.length / 2
    for (const { segment, index } of isCut ? segments.slice(0, -mostInDoubt) : segments)
      tokens.push(wordAt(segment, from + at + index))
    at += isCut ? goOn : piece.length
  }
  return tokens
}

/** People look for a woman in a family, too. Each part is shown as the whole: half of it would be another picture. */
function emojisOf(part: string, start: number): Token[] {
  const whole = wordAt(part, start)
  const pieces = part.match(pictures) ?? []
  if (pieces.length < 2) return [whole]
  return [whole, ...pieces.map((piece) => ({ ...whole, text: fold(piece) }))]
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
  return { text: cut(fold(part.slice(0, mostOfWord))), start, end: start + part.length }
}

function cut(word: string): string {
  return word.length <= longestWord
    ? word
    : [...word.slice(0, 2 * longestWord)].slice(0, longestWord).join('')
}
