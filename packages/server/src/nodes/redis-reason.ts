import type { RedisPlace } from './redis-place.ts'

const logins = /^(WRONGPASS|NOAUTH|ERR AUTH|ERR invalid password|ERR Client sent AUTH)/

/** Whether Redis is there and does not let us in. */
export function isRefusedLogin({ message }: Error): boolean {
  return logins.test(message)
}

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the connection is refused: nothing listens there',
  ECONNRESET: 'the connection was reset',
  ENOTFOUND: 'there is no host of this name',
  EAI_AGAIN: 'there is no host of this name now',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
}

const replies: readonly (readonly [RegExp, string])[] = [
  [/^WRONGPASS|^ERR invalid password/, 'the user or the password is wrong'],
  [/^NOAUTH/, 'it wants a password, and the URL has none'],
  [/^ERR (AUTH|Client sent AUTH)/, 'it has no password for this user, and the URL has one'],
  [/^NOPERM/, 'this user may not publish and subscribe on the channel'],
  [/^Connection timeout/, 'it does not answer'],
  [/^Socket closed unexpectedly/, 'the connection was closed'],
]

const shownLength = 200

/** Why Redis is away, for the log. What it says itself is shown without the password. */
export function reasonOf(error: Error, { password }: RedisPlace): string {
  const { code } = error as NodeJS.ErrnoException
  const [, known] = replies.find(([pattern]) => pattern.test(error.message)) ?? []
  const own = known ?? (code === undefined ? undefined : words[code])
  if (own !== undefined) return own
  const text = password === undefined ? error.message : error.message.replaceAll(password, '[removed]')
  return text.slice(0, shownLength)
}
