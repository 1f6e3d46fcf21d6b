/** What people type as an apostrophe inside a word; to Unicode some of these are letters. */
export const apostrophe = "['‘’＇\\u02b9\\u02bb-\\u02bf\\ua78b\\ua78c]"
const apostrophes = new RegExp(apostrophe, 'g')

/** What is left out of letters. Vowel signs are no accents: without them a word in Hindi or Thai is another word. */
const marks = new RegExp(
  `[${[
    // Accents of Latin, Greek and Cyrillic letters.
    '\\u0300-\\u036f\\u0483-\\u0487\\u1ab0-\\u1aff\\u1dc0-\\u1dff\\u20d0-\\u20ff\\ufe20-\\ufe2f',
    // Points of Hebrew.
    '\\u0591-\\u05bd\\u05bf\\u05c1\\u05c2\\u05c4\\u05c5\\u05c7',
    // Vowel points and the long stroke of Arabic.
    '\\u0610-\\u061a\\u0640\\u064b-\\u065f\\u0670\\u06d6-\\u06dc\\u06df-\\u06e4\\u06e7\\u06e8\\u06ea-\\u06ed',
    // The dot that Hindi has for sounds of other languages.
    '\\u093c',
    // What asks for an emoji's picture.
    '\\ufe00-\\ufe0f',
  ].join('')}]`,
  'g',
)
const others = /[^\p{L}\p{N}\p{M}\p{Extended_Pictographic}\p{RI}]+/gu

/** Digits of scripts that have their own, which begin where a row of Unicode's tables does; in India six further. */
const digits = /(?=\p{Nd})[\u0660-\u1819]/gu
const digitAt = (digit: number): number => (digit >= 0x966 && digit < 0xdf0 ? digit - 6 : digit) & 15

/** Letters that Unicode does not take apart, but that people write one for the other. */
const same: Readonly<Record<string, string>> = {
  ß: 'ss',
  ı: 'i',
  ς: 'σ',
  ø: 'o',
  ł: 'l',
  đ: 'd',
  æ: 'ae',
  œ: 'oe',
  ى: 'ي',
  ی: 'ي',
  ک: 'ك',
  ة: 'ه',
}
const letters = new RegExp(`[${Object.keys(same).join('')}]`, 'g')

/** What stays as it is: most of Chinese, Japanese and Korean too, of which each character is folded alone. */
const plain = /^[a-z0-9\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff\uac00-\ud7a3]*$/

/**
 * A word as it is looked for: without accents, in lower case, with the digits 0 to 9, and without anything that is no letter,
 * digit or emoji.
 */
export function fold(word: string): string {
  if (plain.test(word)) return word
  return word
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(marks, '')
    .replaceAll(apostrophes, '')
    .replaceAll(digits, (digit) => String(digitAt(digit.charCodeAt(0))))
    .replaceAll(letters, (letter) => same[letter] ?? letter)
    .replaceAll(others, '')
    .normalize('NFC')
}
