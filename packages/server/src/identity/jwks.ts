import { readFile } from 'node:fs/promises'
import { StartError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { dateNow } from '../time.ts'
import { leewayMs } from './identity.ts'
import { keysOfJwks, type TokenKey } from './token-keys.ts'

/** How long an unknown key id waits until it may make the server read again. */
const cooldownMs = 30_000
/** How long keys are used before the document is read again, so that a key that was taken out is noticed. */
const freshMs = 10 * 60 * 1_000
/** How long they are used without waiting for that: where nobody comes, nothing is read. */
const usableMs = 2 * freshMs
const timeoutMs = 5_000
const mostBytes = 256 * 1_024

/** What a token says of its key and its age, of which nothing is believed. */
export interface KeyWanted {
  readonly kid: string | undefined
  /** In milliseconds since 1970. */
  readonly issuedAt: number
}

interface KeysFound {
  readonly keys: readonly TokenKey[]
  /** Where the document may have got the wanted key since it was read: when it may be read again. */
  readonly retryAfterMs?: number
}

/** The keys of a JWKS document that changes while the server runs: a file, or a URL of the configuration. */
export class Jwks {
  readonly place: string
  readonly #logger: Logger
  #keys: readonly TokenKey[] | undefined
  /** When it was last asked for the keys that are known, and when at all. */
  #knownAt = Number.NEGATIVE_INFINITY
  #askedAt = Number.NEGATIVE_INFINITY
  #reading: Promise<void> | undefined

  private constructor(place: string, logger: Logger) {
    this.place = place
    this.#logger = logger
  }

  /**
   * Reads the document for the first time. A URL that does not answer is tried again later, since an identity provider may
   * start after us.
   * @throws StartError for a file without such a document, and for an address that can never have one
   */
  static async open(place: string, logger: Logger): Promise<Jwks> {
    const jwks = new Jwks(place, logger)
    if (isUrl(place)) {
      expectAddress(place)
      await jwks.#read()
    } else jwks.#know(await readFirst(place), dateNow())
    return jwks
  }

  /** The keys as they are now; undefined where they have never been read. */
  get known(): readonly TokenKey[] | undefined {
    return this.#keys
  }

  /** The keys; read again for an id that is not among them, but not more often than every 30 s. */
  async find({ kid, issuedAt }: KeyWanted): Promise<KeysFound> {
    const now = dateNow()
    const isMissing = this.#isMissing(kid)
    if (this.#reading || ago(this.#askedAt) >= (isMissing ? cooldownMs : freshMs)) {
      const reading = this.#read()
      if (isMissing || ago(this.#knownAt) >= usableMs) await reading
    }
    const keys = this.#keys ?? []
    // A document that was asked for once there was such a token has the last word.
    if (!this.#isMissing(kid) || this.#knownAt >= now || !(issuedAt > this.#knownAt - leewayMs))
      return { keys }
    return { keys, retryAfterMs: Math.max(1, cooldownMs - ago(this.#askedAt)) }
  }

  #isMissing(kid: string | undefined): boolean {
    return !this.#keys || (kid !== undefined && !this.#keys.some((key) => key.kid === kid))
  }

  #know(keys: readonly TokenKey[], at: number): void {
    this.#keys = keys
    this.#knownAt = at
  }

  #read(): Promise<void> {
    this.#reading ??= this.#replaceKeys().finally(() => {
      this.#reading = undefined
    })
    return this.#reading
  }

  async #replaceKeys(): Promise<void> {
    const at = dateNow()
    this.#askedAt = at
    try {
      this.#know(keysOfJwks(await readDocument(this.place)), at)
    } catch (error) {
      this.#logger.error(
        { jwks: this.place, error },
        'The keys of tokens cannot be read; those known are kept',
      )
    }
  }
}

/** The clock may have been set back. */
function ago(time: number): number {
  return Math.abs(dateNow() - time)
}

function isUrl(place: string): boolean {
  return /^https?:/i.test(place)
}

/** Its place is logged, and nothing is fetched with a password in the address. */
function expectAddress(place: string): void {
  const url = URL.canParse(place) ? new URL(place) : undefined
  if (url && url.username === '' && url.password === '') return
  throw new StartError(
    'tokens: jwks: expected an address without a user, such as https://id.example/jwks.json',
  )
}

async function readFirst(place: string): Promise<readonly TokenKey[]> {
  try {
    return keysOfJwks(await readDocument(place))
  } catch (cause) {
    throw new StartError(`The JWKS file ${place} cannot be used: ${(cause as Error).message}`, { cause })
  }
}

async function readDocument(place: string): Promise<unknown> {
  return JSON.parse(isUrl(place) ? await download(place) : await readFile(place, 'utf8'))
}

async function download(url: string): Promise<string> {
  const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(timeoutMs) })
  if (!response.ok || !response.body) throw new Error(`the status is ${response.status}`)
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response.body) {
    bytes += chunk.length
    if (bytes > mostBytes) throw new Error(`a document has at most ${mostBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}
