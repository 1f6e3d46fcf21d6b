/** How the user ids begin that the server itself gives, to guests and in the place of the erased. Nobody may claim one. */
const reservedPrefixes = ['guest:', 'erased:'] as const

/** What is wrong with a user id that somebody claims; undefined if it is not the server's own. */
export function reservedProblem(userId: string): string | undefined {
  const prefix = reservedPrefixes.find((one) => userId.startsWith(one))
  return prefix && `expected an id that does not begin with ${prefix}`
}
