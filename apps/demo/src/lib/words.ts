/** What an error says; the SDK's may be shown as they are. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? withCapital(error.message) : 'Something went wrong: try again'
}

/** Not of the name of a field, which is written as it is. */
function withCapital(text: string): string {
  if (/^\w+_/.test(text)) return text
  return text.charAt(0).toUpperCase() + text.slice(1)
}
