import { readFile, rename, writeFile } from 'node:fs/promises'
import type { PushSubscriptionJSON } from './push-server.ts'
import { Refusal } from './refusal.ts'

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

/** The push services of Chrome and others, Firefox, Safari and Edge: a name, or all names under a domain. */
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
  const { p256dh, auth } = keys ?? {}
  const isKey = (key: unknown): key is string => typeof key === 'string' && /^[\w-]{16,200}=*$/.test(key)
  if (typeof endpoint !== 'string' || endpoint.length > 2_048 || !URL.canParse(endpoint))
    throw new Refusal(400, 'subscription.endpoint: expected a URL')
  const { protocol, hostname } = new URL(endpoint)
  const isKnown = services.some((name) =>
    name.startsWith('.') ? hostname.endsWith(name) : hostname === name,
  )
  if (protocol !== 'https:' || !isKnown)
    throw new Refusal(400, 'subscription.endpoint: expected that of a known push service')
  if (!isKey(p256dh) || !isKey(auth)) throw new Refusal(400, 'subscription.keys: expected p256dh and auth')
  return { endpoint, keys: { p256dh, auth } }
}
