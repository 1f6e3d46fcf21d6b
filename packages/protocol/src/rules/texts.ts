import { firstLimits as limits } from '../first-limits.ts'
import { isBlank } from './names.ts'

/** Whether a text may be said. `textProblem` says what is wrong with others; clients load it only then. */
export function isText(text: string): boolean {
  return !isBlank(text) && isWhole(text) && !isTooLong(text)
}

/** Whether a text has neither U+0000 nor halves of surrogate pairs. */
export function isWhole(text: string): boolean {
  return !/[\0\p{Cs}]/u.test(text)
}

export function isTooLong(text: string): boolean {
  // Counting code points is slow, and `length` is never smaller: count only when `length` is over the limit.
  return text.length > limits.text_length && [...text].length > limits.text_length
}
