/** What an error says; the SDK's may be shown as they are. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? withCapital(error.message) : 'Something went wrong: try again'
}

function withCapital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
