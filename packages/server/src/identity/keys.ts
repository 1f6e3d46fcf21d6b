import type { Key, KeyKind } from '@dowellchat/protocol'
import { countedCache } from '../counted-cache.ts'
import type { KeyStore } from '../stores/store.ts'
import { dateNow, repeat } from '../time.ts'
import type { Scope } from './identity.ts'
import { hashKey, isSecret } from './secrets.ts'
import type { Workspaces } from './workspaces.ts'

/** What a valid key proves. */
export interface KeyProof {
  readonly key_id: string
  readonly scopes: readonly Scope[]
}

/** Stands for every key of the configuration. */
export const configuredKey: KeyProof = { key_id: 'configured', scopes: [] }

/** When a key ends, as every server learns it. */
export interface KeyEnd {
  readonly key_id: string
  readonly ends_at: string
}

interface Lookup {
  /** Null where there is no such key; undefined while the store is being asked. */
  key?: Key | null
  readonly asked: Promise<Key | null>
}

/** Short, so that what one server revokes opens nothing on another within seconds, whatever is lost between them. */
const rememberMs = 2_000
const rememberedKeys = 10_000
const usedEveryMs = 60_000
const sweepMs = 1_000

/** Every key that opens something: those of the configuration, and those that were created, which are in the store. */
export class Keys {
  readonly #store: KeyStore
  readonly #workspaces: Workspaces
  readonly #pepper: string
  readonly #lookups = countedCache<string, Lookup>(rememberedKeys, rememberMs)
  readonly #used = countedCache<string, number>(rememberedKeys)
  /** When keys end that were used here; those that have ended are kept as long as a lookup may be under way. */
  readonly #ends = new Map<string, number>()
  readonly #ended = countedCache<string, true>(rememberedKeys)
  readonly #writing = new Set<Promise<void>>()
  #onEnd: (keyId: string) => void = () => {}
  #stop: (() => void) | undefined

  constructor(store: KeyStore, workspaces: Workspaces, pepper: string) {
    this.#store = store
    this.#workspaces = workspaces
    this.#pepper = pepper
  }

  /** Begins to watch for keys that expire. @param onEnd ends what a key has opened */
  start(onEnd: (keyId: string) => void): void {
    this.#onEnd = onEnd
    this.#stop = repeat(() => this.#sweep(), sweepMs)
  }

  /** Resolves once nothing is being written any more. */
  async stop(): Promise<void> {
    this.#stop?.()
    await Promise.all(this.#writing)
  }

  /** What is kept of a key. */
  hash(secret: string): string {
    return hashKey(secret, this.#pepper)
  }

  /**
   * What a key proves, if it is of this kind and this workspace's; undefined if not. A key that was used a moment ago is
   * answered at once. All that is wrong takes the same steps, whether the workspace exists or not.
   */
  find(
    kind: KeyKind,
    workspaceId: string,
    secret: string,
  ): KeyProof | undefined | Promise<KeyProof | undefined> {
    const hash = this.hash(secret)
    if (this.#workspaces.hasKey(kind, workspaceId, hash)) return configuredKey
    if (!isSecret(secret)) return undefined
    const lookup = this.#look(workspaceId, hash)
    const check = (key: Key | null) => this.#proofOf(kind, workspaceId, key)
    return lookup.key === undefined ? lookup.asked.then(check) : check(lookup.key)
  }

  /** Whether a key has ended since it was found. */
  hasEnded(keyId: string): boolean {
    return this.#ended.has(keyId)
  }

  /** Takes note of when a key ends, wherever that was decided. */
  note({ key_id, ends_at }: KeyEnd): void {
    for (const [name, { key }] of this.#lookups.entries()) if (key?._id === key_id) this.#lookups.delete(name)
    const at = Date.parse(ends_at)
    this.#ends.set(key_id, Math.min(at, this.#ends.get(key_id) ?? at))
    this.#sweep()
  }

  #look(workspaceId: string, hash: string): Lookup {
    const name = `${workspaceId}\n${hash}`
    const known = this.#lookups.get(name)
    if (known) return known
    const lookup: Lookup = { asked: this.#store.find(workspaceId, hash) }
    this.#lookups.set(name, lookup)
    lookup.asked.then(
      (key) => {
        lookup.key = key
      },
      () => this.#lookups.delete(name),
    )
    return lookup
  }

  #proofOf(kind: KeyKind, workspaceId: string, key: Key | null): KeyProof | undefined {
    if (!key || key.kind !== kind || key.revoked_at !== null || this.#ended.has(key._id)) return undefined
    const takesKind = this.#workspaces.takes(kind, workspaceId)
    const { _id: key_id, scopes, expires_at } = key
    if (!takesKind || (expires_at !== null && Date.parse(expires_at) <= dateNow())) return undefined
    if (expires_at !== null && !this.#ends.has(key_id)) this.#ends.set(key_id, Date.parse(expires_at))
    this.#noteUse(workspaceId, key_id)
    return { key_id, scopes }
  }

  /** At most once a minute; nobody waits for it. */
  #noteUse(workspaceId: string, keyId: string): void {
    const now = dateNow()
    if (Math.abs(now - (this.#used.get(keyId) ?? 0)) < usedEveryMs) return
    this.#used.set(keyId, now)
    const writing = this.#store
      .used(workspaceId, keyId, new Date(now).toISOString())
      // The next use tries again.
      .catch(() => void this.#used.delete(keyId))
      .finally(() => this.#writing.delete(writing))
    this.#writing.add(writing)
  }

  #sweep(): void {
    const now = dateNow()
    for (const [keyId, at] of this.#ends) {
      if (at > now) continue
      this.#ends.delete(keyId)
      this.#ended.set(keyId, true)
      this.#onEnd(keyId)
    }
  }
}
