import type { StreamKind } from '@dowellchat/protocol'
import { StartError } from '../errors.ts'
import { AddressRules } from './addresses.ts'

/** Of which kinds of streams a webhook may be told; nobody outside is told of notes. */
export type WebhookStream = Exclude<StreamKind, 'notes'>

/** What a webhook may be told of. */
export type WebhookEvent = 'entries' | 'unread'

export interface WebhookOptions {
  /** Names it in the store, the log and the metrics: small letters, digits and `-`. One of another name begins anew. */
  readonly id: string
  /** Where entries are posted to: https, or http to addresses of `allowPrivate` alone. */
  readonly url: string
  /**
   * Signs what is posted: `whsec_` and 24 bytes or more in base64, as in `whsec_$(openssl rand -base64 32)`. Several, while one takes
   * another's place: each signs.
   */
  readonly secret: string | readonly string[]
  /** Of which streams; default: all. */
  readonly streams?: readonly WebhookStream[]
  /** Of which workspaces; default: all. */
  readonly workspaces?: readonly string[]
  /** `entries`: everything that is added to the streams. `unread`: who has not read something, or missed a call. Default: entries. */
  readonly events?: readonly WebhookEvent[]
  /** Private addresses and networks that it may be at, as `10.0.3.7` or `fd00::/8`. Default: none. */
  readonly allowPrivate?: readonly string[]
}

/** A webhook whose options are in order. */
export interface Webhook {
  readonly id: string
  readonly url: URL
  readonly secrets: readonly Buffer[]
  readonly streams: ReadonlySet<StreamKind>
  readonly workspaces: ReadonlySet<string> | undefined
  readonly events: ReadonlySet<WebhookEvent>
  readonly addresses: AddressRules
}

const kinds: readonly WebhookStream[] = ['room', 'ticket', 'thread']
const events: readonly WebhookEvent[] = ['entries', 'unread']
const secretPrefix = 'whsec_'
const leastSecretBytes = 24

interface WebhooksPlace {
  /** Those that there are. */
  readonly workspaces: readonly string[]
  /** What the list is called where something is wrong with it. */
  readonly place?: string
}

/** @throws StartError that names the webhook, and what is wrong with it */
export function webhooksOf(
  options: readonly WebhookOptions[] = [],
  { workspaces, place = 'webhooks' }: WebhooksPlace,
): Webhook[] {
  const webhooks = options.map((one, at) => webhookOf(one, { workspaces, place: `${place}[${at}]` }))
  const ids = webhooks.map(({ id }) => id)
  const twice = ids.find((id, at) => ids.indexOf(id) !== at)
  if (twice !== undefined)
    throw new StartError(`${place}: ${twice} is listed twice: each needs an id of its own`)
  return webhooks
}

function webhookOf(options: WebhookOptions, { workspaces, place }: Required<WebhooksPlace>): Webhook {
  const { id } = options
  if (!/^[a-z0-9-]{1,64}$/.test(id ?? ''))
    throw new StartError(`${place}: id: expected small letters, digits and -, at most 64`)
  const named = `webhooks: ${id}`
  const addresses = AddressRules.of(options.allowPrivate, `${named}: allowPrivate`)
  return {
    id,
    url: urlOf(options.url, addresses, named),
    secrets: secretsOf(options.secret, named),
    streams: new Set(among(options.streams ?? kinds, kinds, `${named}: streams`)),
    workspaces: workspacesAmong(options.workspaces, workspaces, `${named}: workspaces`),
    events: new Set(among(options.events ?? ['entries'], events, `${named}: events`)),
    addresses,
  }
}

function urlOf(text: string, addresses: AddressRules, place: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (!url || !['https:', 'http:'].includes(url.protocol))
    throw new StartError(`${place}: url: expected an https URL`)
  if (url.username !== '' || url.password !== '')
    throw new StartError(`${place}: url: expected one without a password`)
  if (url.protocol === 'http:' && addresses.isEmpty)
    throw new StartError(`${place}: url: expected https; http is for addresses that allowPrivate lists`)
  const problem = addresses.problemOfHost(url)
  if (problem) throw new StartError(`${place}: url: ${problem}: list it in allowPrivate if that is meant`)
  return url
}

function secretsOf(given: string | readonly string[], place: string): Buffer[] {
  const secrets: readonly unknown[] = [given].flat()
  return (secrets.length > 0 ? secrets : [undefined]).map((secret) => secretOf(secret, place))
}

function secretOf(text: unknown, place: string): Buffer {
  const encoded =
    typeof text === 'string' && text.startsWith(secretPrefix) ? text.slice(secretPrefix.length) : ''
  const secret = Buffer.from(encoded, 'base64')
  if (secret.length < leastSecretBytes || !/^[A-Za-z0-9+/]+=*$/.test(encoded))
    throw new StartError(
      `${place}: secret: expected ${secretPrefix} and ${leastSecretBytes} bytes or more in base64, as from: echo ${secretPrefix}$(openssl rand -base64 32)`,
    )
  return secret
}

function workspacesAmong(
  given: readonly string[] | undefined,
  known: readonly string[],
  place: string,
): ReadonlySet<string> | undefined {
  if (given?.length === 0) throw new StartError(`${place}: expected one or more, or leave it out for all`)
  const unknown = given?.find((id) => !known.includes(id))
  if (unknown !== undefined) throw new StartError(`${place}: ${unknown} is not among the server's workspaces`)
  return given && new Set(given)
}

function among<T extends string>(given: readonly T[], known: readonly T[], place: string): readonly T[] {
  const isKnown = given.length > 0 && given.every((one) => known.includes(one))
  if (!isKnown) throw new StartError(`${place}: expected ${known.join(', ')}`)
  return given
}
