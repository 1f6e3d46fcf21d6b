/** What went wrong, in words. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
