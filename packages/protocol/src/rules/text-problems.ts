import { firstLimits as limits } from '../first-limits.ts'
import { isBlank, isNormalName, normalName } from './names.ts'
import { isTooLong, isWhole } from './texts.ts'

/** What keeps a text from being an `Id`; undefined if it is one. */
export function idProblem(text: string): string | undefined {
  if (isNormalName(text)) return undefined
  if (text.length > limits.id_length) return `expected at most ${limits.id_length} characters`
  return isNormalName(normalName(text))
    ? 'expected the normal form: composed (NFC), without invisible characters and spaces at its ends'
    : `expected 1 to ${limits.id_length} visible characters`
}

/** What keeps a text from being a `Text`; undefined if it is one. */
export function textProblem(text: string): string | undefined {
  if (isBlank(text)) return 'expected a text that is not empty'
  if (!isWhole(text)) return 'expected a text without U+0000 and half surrogate pairs'
  return isTooLong(text) ? `expected at most ${limits.text_length} characters` : undefined
}
