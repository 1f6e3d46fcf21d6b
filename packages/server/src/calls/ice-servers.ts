import { createHmac } from 'node:crypto'
import type { DataOf } from '@dowellchat/protocol'
import { StartError } from '../errors.ts'
import { dateNow } from '../time.ts'

/** The servers that help to connect the sound and picture of calls. */
export interface IceOptions {
  /** Servers that tell browsers their public address: `stun:turn.example.org:3478`. */
  readonly stun?: readonly string[]
  /** A server that passes sound and picture on where no direct way is open. */
  readonly turn?: {
    /** Its addresses: `turn:turn.example.org:3478?transport=udp`, `turns:turn.example.org:5349`. */
    readonly urls: readonly string[]
    /** The `static-auth-secret` of a coturn with `use-auth-secret`. Clients get credentials that are made with it, and never itself. */
    readonly secret: string
    /** How long credentials are good for at least, from a minute to 24 hours. Default: 10 minutes. */
    readonly ttlMs?: number
  }
}

/** What `get_ice_servers` answers. */
export type GivenIceServers = DataOf<'get_ice_servers'>

const minuteMs = 60_000
const longestMs = 24 * 60 * minuteMs
const usualMs = 10 * minuteMs

// Browsers refuse a call's whole configuration for one address that is written otherwise.
const host = String.raw`(\[[0-9a-fA-F:.]+\]|[^\s:/?#@[\]]+)(:(?<port>\d{1,5}))?`
const stunForm = { is: new RegExp(`^stuns?:${host}$`), shown: 'stun:host:port or stuns:host:port' }
const turnForm = {
  is: new RegExp(`^turns?:${host}(\\?transport=(udp|tcp))?$`),
  shown: 'turn:host:port or turns:host:port, with ?transport=udp, ?transport=tcp or nothing behind it',
}

/** What errors call the options. */
const optionNames = {
  stun: 'iceServers.stun',
  urls: 'iceServers.turn.urls',
  secret: 'iceServers.turn.secret',
}

/** @throws StartError that names what is wrong and shows no value, because it may be a secret in the wrong place */
export function checkIce({ stun = [], turn }: IceOptions, names: typeof optionNames = optionNames): void {
  expectUrls(stun, stunForm, names.stun)
  if (!turn) return
  const { urls, secret, ttlMs = usualMs } = turn
  expectUrls(urls, turnForm, names.urls)
  if (urls.length === 0) throw new StartError(`${names.urls}: expected at least one ${turnForm.shown}`)
  if (typeof secret !== 'string' || secret === '')
    throw new StartError(`${names.secret}: expected the static-auth-secret of the TURN server`)
  if (!(ttlMs >= minuteMs && ttlMs <= longestMs))
    throw new StartError(`iceServers.turn.ttlMs: expected ${minuteMs} (a minute) to ${longestMs} (24 hours)`)
}

function expectUrls(urls: readonly string[], { is, shown }: typeof stunForm, name: string): void {
  if (!Array.isArray(urls)) throw new StartError(`${name}: expected a list of ${shown}`)
  const wrong = urls.findIndex((url) => !isAddress(url, is))
  if (wrong >= 0) throw new StartError(`${name}: entry ${wrong + 1} is not ${shown}`)
}

function isAddress(url: string, form: RegExp): boolean {
  const found = form.exec(url)
  const port = Number(found?.groups?.port ?? 1)
  return found !== null && port >= 1 && port <= 65_535
}

/** Answers users. @throws StartError if the options are wrong */
export function givingIceServers(options: IceOptions = {}): (userId: string) => GivenIceServers {
  checkIce(options)
  return (userId) => iceServersFor(options, userId, dateNow())
}

/**
 * The servers for one user, with credentials as coturn's `use-auth-secret` computes them too: nothing is kept, here or there.
 * @param now in milliseconds since 1970
 */
export function iceServersFor({ stun = [], turn }: IceOptions, userId: string, now: number): GivenIceServers {
  const stunServers = stun.length > 0 ? [{ urls: [...stun] }] : []
  if (!turn) return { ice_servers: stunServers, expires_at: null }
  const { urls, secret, ttlMs = usualMs } = turn
  // A whole minute, so that whoever asks twice within one gets the same.
  const expiryMs = Math.ceil((now + ttlMs) / minuteMs) * minuteMs
  const username = `${expiryMs / 1_000}:${userId}`
  const credential = createHmac('sha1', secret).update(username).digest('base64')
  return {
    ice_servers: [...stunServers, { urls: [...urls], username, credential }],
    expires_at: new Date(expiryMs).toISOString(),
  }
}
