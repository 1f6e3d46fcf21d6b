import { firstLimits as limits } from '../first-limits.ts'

// Characters without a shape. `DI` is Unicode's list of them: variation selectors, tags, joiners and more; the others are
// fillers, which Unicode counts as symbols, and marks. Those that turn the direction of text and zero-width spaces are left in
// a name, which is then refused.
const hidden =
  /(?:(?![\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f])[\p{DI}\u2800\ufff9-\ufffb\u{13430}-\u{13442}\u{16fe4}\u{1d159}])+/gu
const shown = /[^\s\p{Cc}\p{DI}\u2800\ufff9-\ufffb\u{13430}-\u{13442}\u{16fe4}\u{1d159}]/u

/** Most names are plain ASCII, and need no look at Unicode's tables. */
const plain = /^[!-~]([ -~]*[!-~])?$/

/** Control characters, halves of surrogate pairs, code points that are no characters, line separators, and what `hidden` leaves. */
const forbidden = /[\p{Cc}\p{Cs}\p{NChar}\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f]/u

/** Whether a text shows nothing: it is empty, or has only spaces, control characters and characters without a shape. */
export function isBlank(text: string): boolean {
  return !shown.test(text)
}

/**
 * The normal form of an id or a name: composed (NFC), trimmed, and without characters that have no shape, so that what looks
 * the same is the same. Normalizing again changes nothing. `isNormalName` may still refuse the result: an empty one, or one with
 * control characters or characters that turn the direction of text.
 */
export function normalName(text: string): string {
  return plain.test(text) ? text : text.replace(hidden, '').normalize('NFC').trim()
}

/** Whether a text may be an id or a name: in its normal form, visible, not too long. */
export function isNormalName(text: string): boolean {
  if (text.length > limits.id_length) return false
  return plain.test(text) || (normalName(text) === text && !forbidden.test(text) && !isBlank(text))
}
