import { createHmac } from 'node:crypto'
import { RequestError, StartError } from '../errors.ts'
import type { Workspace, WorkspaceStore } from '../stores/store.ts'
import type { TokenOptions } from './tokens.ts'

/** A tenant in the configuration. */
export interface WorkspaceOptions {
  readonly id: string
  /** A client with one of these keys may act as any user of the workspace. The store gets only their HMAC-SHA-256. */
  readonly keys: readonly string[]
  /** Admits people without a key, as customers; in the workspace `demo` in any role. Default false. */
  readonly guests?: boolean
  /** The tokens that let the workspace's users in; they cannot be another workspace's. */
  readonly tokens?: TokenOptions
  /** How many days messages are kept; default: for ever. */
  readonly retentionDays?: number
}

/** The workspaces that may be entered, and the keys that open them. */
export class Workspaces {
  readonly #byId: ReadonlyMap<string, Workspace>
  readonly #pepper: string

  private constructor(workspaces: readonly Workspace[], pepper: string) {
    this.#byId = new Map(workspaces.map((workspace) => [workspace._id, workspace]))
    this.#pepper = pepper
  }

  /** Replaces the store's workspaces with the configured ones, if there is a configuration, and reads them. */
  static async load(
    store: WorkspaceStore,
    configured: readonly WorkspaceOptions[] | undefined,
    pepper: string,
  ): Promise<Workspaces> {
    if (configured) {
      refuseDuplicates(configured)
      refuseInvalidRetention(configured)
      await store.replaceAll(
        configured.map(({ id, keys, guests = false, retentionDays: retention_days = null }) => ({
          _id: id,
          key_hashes: keys.map((key) => hashKey(key, pepper)),
          guests,
          retention_days,
        })),
      )
    }
    return new Workspaces(await store.list(), pepper)
  }

  /** The ids of all workspaces. */
  get ids(): readonly string[] {
    return [...this.#byId.keys()]
  }

  /** The workspaces that keep messages for a limited time. */
  get withRetention(): readonly (Workspace & { readonly retention_days: number })[] {
    return [...this.#byId.values()].flatMap((one) =>
      one.retention_days === null ? [] : [{ ...one, retention_days: one.retention_days }],
    )
  }

  /** The workspace, if the key opens it, or if there is no key and it admits guests. A wrong key fails like a wrong id. */
  enter(id: string | undefined, key: string | undefined): Workspace {
    const workspace = id === undefined ? undefined : this.#byId.get(id)
    const mayEnter = key === undefined ? workspace?.guests : this.#hasKey(workspace, key)
    if (!workspace || !mayEnter) {
      throw new RequestError('unauthenticated', 'workspace_id and api_key do not belong together')
    }
    return workspace
  }

  #hasKey(workspace: Workspace | undefined, key: string): boolean {
    // Hashed even if there is no such workspace, so that both take the same time.
    const hash = hashKey(key, this.#pepper)
    return workspace?.key_hashes.includes(hash) ?? false
  }
}

function refuseDuplicates(configured: readonly WorkspaceOptions[]): void {
  const ids = configured.map(({ id }) => id)
  const duplicate = ids.find((id, at) => ids.indexOf(id) !== at)
  if (duplicate !== undefined)
    throw new StartError(`workspaces: ${duplicate} is listed twice; list it once, with all its keys`)
}

function refuseInvalidRetention(configured: readonly WorkspaceOptions[]): void {
  const wrong = configured.find(({ retentionDays: days = 1 }) => !Number.isInteger(days) || days < 1)
  if (!wrong) return
  throw new StartError(
    `workspaces: ${wrong.id}: retentionDays: expected a whole number from 1 on, got ${wrong.retentionDays}`,
  )
}

function hashKey(key: string, pepper: string): string {
  return createHmac('sha256', pepper).update(key).digest('base64url')
}
