import { limits } from '../limits.ts'
import { idProblem } from './text-problems.ts'

/** Emoji that are joined of several, such as a family, and the flags of parts of countries, which have tags. */
const joined =
  /\p{ExtPict}\p{EMod}?(?:\u200d\p{ExtPict}\p{EMod}?)+|\u{1f3f4}[\u{e0030}-\u{e0039}\u{e0061}-\u{e007a}]+\u{e007f}/gu

/** What keeps a text from being a reaction in its normal form; undefined if it is one. */
export function reactionProblem(text: string): string | undefined {
  if (text.length > limits.reaction_length) return `expected at most ${limits.reaction_length} characters`
  // No other text may have characters without a shape.
  return idProblem(text.replace(joined, '\u{1f3f4}'))
}
