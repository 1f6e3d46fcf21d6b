import { StartError } from '../errors.ts'

/** Where a Redis is, and how to enter it. */
export interface RedisPlace {
  readonly host: string
  readonly port: number
  readonly isTls: boolean
  readonly username: string | undefined
  readonly password: string | undefined
}

const expected =
  'expected redis://[user:password@]host[:port], or rediss:// for TLS; write other characters than letters, digits and -._~ of user and password as %XX'

/**
 * Reads the URL of a Redis.
 * @param name what the URL was given as
 * @throws StartError that never shows the URL, which may have a password
 */
export function redisPlaceOf(url: string, name: string): RedisPlace {
  const place = read(url)
  if (!place) throw new StartError(`${name}: ${expected}`)
  return place
}

function read(url: string): RedisPlace | undefined {
  try {
    const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(url)
    const isRedis = protocol === 'redis:' || protocol === 'rediss:'
    // The number of a database is taken: what is published has none.
    if (!isRedis || hostname === '' || port === '0' || !/^(\/\d*)?$/.test(pathname) || search + hash !== '')
      return undefined
    return {
      host: hostname.replace(/^\[(.*)\]$/, '$1'),
      port: port === '' ? 6379 : Number(port),
      isTls: protocol === 'rediss:',
      username: username === '' ? undefined : decodeURIComponent(username),
      password: password === '' ? undefined : decodeURIComponent(password),
    }
  } catch {
    return undefined
  }
}

/** The address of a Redis as a log may show it. */
export function addressOf({ host, port }: RedisPlace): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}
