import { ECDH } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { Refusal } from './refusal.ts'

/** What browsers give a page: https://w3c.github.io/push-api/#dom-pushsubscription-tojson */
export interface PushSubscriptionJSON {
  readonly endpoint: string
  readonly keys: { readonly p256dh: string; readonly auth: string }
}

/** Somebody in a workspace. */
export interface Person {
  readonly workspace_id: string
  readonly user_id: string
}

/** What browsers have subscribed to, by person. */
export interface Subscriptions {
  /** A browser belongs to whoever has subscribed with it last. */
  add(person: Person, subscription: PushSubscriptionJSON): Promise<void>
  remove(endpoint: string): Promise<void>
  of(person: Person): Promise<PushSubscriptionJSON[]>
}

interface Kept extends Person {
  readonly subscription: PushSubscriptionJSON
}

/** Of so many browsers of one person the oldest are forgotten. */
const mostOfPerson = 10

/** Keeps subscriptions in a JSON file, which is enough for a small team; use a table of your database for a large one. */
export async function fileSubscriptions(file: string): Promise<Subscriptions> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]'
    throw error
  })
  let kept = JSON.parse(text) as Kept[]
  let writing: Promise<void> = Promise.resolve()

  function write(next: Kept[]): Promise<void> {
    kept = next
    writing = writing
      .catch(() => undefined)
      .then(async () => {
        // Replaced as a whole: whoever reads it finds the old one or the new one.
        await writeFile(`${file}.new`, JSON.stringify(kept), { mode: 0o600 })
        await rename(`${file}.new`, file)
      })
    return writing
  }

  return {
    add({ workspace_id, user_id }, subscription) {
      const others = kept.filter((one) => one.subscription.endpoint !== subscription.endpoint)
      const own = others.filter((one) => isOf(one, { workspace_id, user_id }))
      const dropped = new Set(own.slice(0, Math.max(0, own.length + 1 - mostOfPerson)))
      return write([...others.filter((one) => !dropped.has(one)), { workspace_id, user_id, subscription }])
    },

    async remove(endpoint) {
      const left = kept.filter((one) => one.subscription.endpoint !== endpoint)
      if (left.length < kept.length) await write(left)
    },

    of: async (person) => kept.filter((one) => isOf(one, person)).map(({ subscription }) => subscription),
  }
}

function isOf(one: Person, { workspace_id, user_id }: Person): boolean {
  return one.workspace_id === workspace_id && one.user_id === user_id
}

/** The push services of Chrome and others, Firefox, Safari and Edge: a host, or all hosts under a domain. */
export const knownPushServices: readonly string[] = [
  'fcm.googleapis.com',
  'updates.push.services.mozilla.com',
  '.push.apple.com',
  '.notify.windows.com',
]

/**
 * Whatever a page sends is a URL that this server posts to: only those of push services are taken.
 * @throws Refusal that says what is wrong with it
 */
export function readSubscription(value: unknown, services: readonly string[]): PushSubscriptionJSON {
  const { endpoint, keys } = (value ?? {}) as {
    endpoint?: unknown
    keys?: { p256dh?: unknown; auth?: unknown }
  }
  if (typeof endpoint !== 'string' || !/^[!-~]{1,2048}$/.test(endpoint) || !URL.canParse(endpoint))
    throw new Refusal(400, 'subscription.endpoint: expected a URL')
  // With the port, unless it is that of https.
  const { protocol, host } = new URL(endpoint)
  const isKnown = services.some((name) => (name.startsWith('.') ? host.endsWith(name) : host === name))
  if (protocol !== 'https:' || !isKnown)
    throw new Refusal(400, 'subscription.endpoint: expected that of a known push service')
  if (!hasKeys(keys))
    throw new Refusal(
      400,
      'subscription.keys: expected p256dh, 65 bytes of a P-256 point, and auth, 16 bytes',
    )
  const { p256dh, auth } = keys
  return { endpoint, keys: { p256dh, auth } }
}

/** Whether they are keys that something can be encrypted for: https://www.rfc-editor.org/rfc/rfc8291#section-3.2 */
export function hasKeys(
  keys: { p256dh?: unknown; auth?: unknown } | undefined,
): keys is PushSubscriptionJSON['keys'] {
  const point = bytesOf(keys?.p256dh)
  return point.length === 65 && point[0] === 4 && isOnCurve(point) && bytesOf(keys?.auth).length === 16
}

function bytesOf(key: unknown): Buffer {
  const isText = typeof key === 'string' && /^[\w-]+=*$/.test(key)
  return isText ? Buffer.from(key, 'base64url') : Buffer.alloc(0)
}

function isOnCurve(point: Buffer): boolean {
  try {
    ECDH.convertKey(point, 'prime256v1')
    return true
  } catch {
    return false
  }
}
