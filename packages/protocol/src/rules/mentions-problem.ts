/** A part of a text, as a `Mention` has it. */
interface Range {
  readonly start: number
  readonly end: number
}

/** What is wrong with the places of mentions in a text, as a payload's problem; undefined if nothing is. */
export function mentionsProblem(text: string, mentions: readonly Range[]): string | undefined {
  let last = 0
  for (const [at, { start, end }] of mentions.entries()) {
    if (start < last) return `mentions.${at}.start: expected ${last} or more, after the one before`
    if (end <= start) return `mentions.${at}.end: expected more than ${start}, its start`
    if (end > text.length) return `mentions.${at}.end: expected at most ${text.length}, the end of the text`
    if (splitsPair(text, start) || splitsPair(text, end)) return `mentions.${at}: expected whole characters`
    last = end
  }
  return undefined
}

/** Whether a place is within a character of two UTF-16 code units. */
function splitsPair(text: string, at: number): boolean {
  return isBetween(text.charCodeAt(at - 1), 0xd800, 0xdbff) && isBetween(text.charCodeAt(at), 0xdc00, 0xdfff)
}

function isBetween(unit: number, low: number, high: number): boolean {
  return unit >= low && unit <= high
}
