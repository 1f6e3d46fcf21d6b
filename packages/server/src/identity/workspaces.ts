import type { KeyKind } from '@dowellchat/protocol'
import { RequestError, StartError } from '../errors.ts'
import { isAllowed, type Origins, originsOf } from '../http/origins.ts'
import type { WorkspaceLimits } from '../limits.ts'
import type { Workspace, WorkspaceStore } from '../stores/store.ts'
import { hashKey, wrongKey } from './secrets.ts'
import type { TokenOptions } from './tokens.ts'

/** A key in the configuration, for what it may be used. */
export interface WorkspaceKey {
  readonly key: string
  /** `server`: in handshakes, as any user of the workspace. `page`: in the payloads of V2's pages, and nowhere else. */
  readonly kinds: readonly KeyKind[]
}

/** A tenant in the configuration. */
export interface WorkspaceOptions {
  readonly id: string
  /** A text is a server key. The store gets only their HMAC-SHA-256. Keys may also be created later, without a restart. */
  readonly keys: readonly (string | WorkspaceKey)[]
  /** Takes the payloads of V2's pages, which carry page keys. Default false. */
  readonly v2?: boolean
  /** Admits people who have not logged in, as guests under an id that the server makes. Default false. */
  readonly guests?: boolean
  /** The tokens that let the workspace's users in; they cannot be another workspace's. */
  readonly tokens?: TokenOptions
  /** How many days messages are kept; default: for ever. */
  readonly retentionDays?: number
  /** The only origins whose pages may connect to this workspace; default: all that the server admits. */
  readonly origins?: readonly string[]
  /**
   * Whom customers may see, make rooms with and ring: `acquaintances` share a room with members or a ticket with them. Default
   * `acquaintances`.
   */
  readonly customersMeet?: 'anybody' | 'acquaintances'
  /** Lets customers ring every agent and admin. Default false. */
  readonly customersRingAgents?: boolean
  /** How many days a customer may open a closed ticket again, by a message to it too; 0: never. Default 7. */
  readonly reopenDays?: number
  /** Lets people see who is there. False: nobody's presence is told, and it cannot be asked for. Default true. */
  readonly presence?: boolean
  /** Lets people see who has read how far. False: nobody is told, and nobody can ask. Default true. */
  readonly receipts?: boolean
  /** Indexes the messages, so that people can search in those that they may read. Default false. */
  readonly search?: boolean
  /** What its users may take of the server, where it is not the server's. */
  readonly limits?: Partial<WorkspaceLimits>
}

const defaultReopenDays = 7

/** The workspaces that may be entered, and the keys that open them. */
export class Workspaces {
  readonly #byId: ReadonlyMap<string, Workspace>
  readonly #origins: ReadonlyMap<string, Origins>

  private constructor(workspaces: readonly Workspace[], origins: ReadonlyMap<string, Origins>) {
    this.#byId = new Map(workspaces.map((workspace) => [workspace._id, workspace]))
    this.#origins = origins
  }

  /** Replaces the store's workspaces with the configured ones, if there is a configuration, and reads them. */
  static async load(
    store: WorkspaceStore,
    configured: readonly WorkspaceOptions[] | undefined,
    pepper: string,
  ): Promise<Workspaces> {
    const origins = new Map(
      configured?.map(({ id, origins }) => [id, originsOf(origins, `workspaces: ${id}: origins`)]),
    )
    if (configured) {
      refuseDuplicates(configured)
      refuseInvalidRetention(configured)
      refuseInvalidReopening(configured)
      refuseLostPageKeys(configured)
      await store.replaceAll(
        configured.map((one) => ({
          _id: one.id,
          key_hashes: keysOf(one, 'server').map((key) => hashKey(key, pepper)),
          page_key_hashes: keysOf(one, 'page').map((key) => hashKey(key, pepper)),
          v2: one.v2 ?? false,
          guests: one.guests ?? false,
          retention_days: one.retentionDays ?? null,
          customers_meet: one.customersMeet ?? 'acquaintances',
          customers_ring_agents: one.customersRingAgents ?? false,
          reopen_days: one.reopenDays ?? defaultReopenDays,
          presence: one.presence ?? true,
          receipts: one.receipts ?? true,
          search: one.search ?? false,
        })),
      )
    }
    return new Workspaces(await store.list(), origins)
  }

  /** A workspace by its id. */
  get(id: string): Workspace | undefined {
    return this.#byId.get(id)
  }

  /** The ids of all workspaces. */
  get ids(): readonly string[] {
    return [...this.#byId.keys()]
  }

  /** Whether a workspace has origins of its own. */
  get hasOrigins(): boolean {
    return [...this.#origins.values()].some((origins) => origins !== undefined)
  }

  /** Whether pages of this origin may use a workspace. */
  isAllowedOrigin(workspaceId: string, origin: string | undefined): boolean {
    return isAllowed(origin, this.#origins.get(workspaceId))
  }

  /** Throws if pages of this origin may not use a workspace. */
  expectOrigin(workspaceId: string, origin: string | undefined): void {
    if (this.isAllowedOrigin(workspaceId, origin)) return
    throw new RequestError('forbidden', 'Pages of this origin may not use this workspace')
  }

  /** The workspaces that keep messages for a limited time. */
  get withRetention(): readonly (Workspace & { readonly retention_days: number })[] {
    return [...this.#byId.values()].flatMap((one) =>
      one.retention_days === null ? [] : [{ ...one, retention_days: one.retention_days }],
    )
  }

  /** Whether the configuration has a key of this kind and hash for the workspace. */
  hasKey(kind: KeyKind, id: string, hash: string): boolean {
    const workspace = this.#byId.get(id)
    if (!workspace || !this.takes(kind, id)) return false
    return (kind === 'page' ? workspace.page_key_hashes : workspace.key_hashes).includes(hash)
  }

  /** Whether keys of this kind open anything of the workspace. */
  takes(kind: KeyKind, id: string): boolean {
    const workspace = this.#byId.get(id)
    return workspace !== undefined && (kind === 'server' || workspace.v2)
  }

  /** The workspace, if it admits people who have not logged in. One that does not is refused like one that does not exist. */
  enterAsGuest(id: string): Workspace {
    const workspace = this.#byId.get(id)
    if (!workspace?.guests) throw wrongKey()
    return workspace
  }
}

/** A key may be given as its text alone: then it is a server key. */
function keysOf({ keys }: WorkspaceOptions, kind: KeyKind): string[] {
  const all = keys.map((key) => (typeof key === 'string' ? { key, kinds: ['server'] } : key))
  return all.filter(({ kinds }) => kinds.some((one) => one === kind)).map(({ key }) => key)
}

function refuseLostPageKeys(configured: readonly WorkspaceOptions[]): void {
  const wrong = configured.find((one) => !one.v2 && keysOf(one, 'page').length > 0)
  if (!wrong) return
  throw new StartError(
    `workspaces: ${wrong.id}: page keys open nothing here: set v2 to true, or leave them out`,
  )
}

function refuseDuplicates(configured: readonly WorkspaceOptions[]): void {
  const ids = configured.map(({ id }) => id)
  const duplicate = ids.find((id, at) => ids.indexOf(id) !== at)
  if (duplicate !== undefined)
    throw new StartError(`workspaces: ${duplicate} is listed twice; list it once, with all its keys`)
}

function refuseInvalidReopening(configured: readonly WorkspaceOptions[]): void {
  const wrong = configured.find(({ reopenDays: days = 0 }) => !Number.isInteger(days) || days < 0)
  if (!wrong) return
  throw new StartError(
    `workspaces: ${wrong.id}: reopenDays: expected a whole number from 0 on, got ${wrong.reopenDays}`,
  )
}

function refuseInvalidRetention(configured: readonly WorkspaceOptions[]): void {
  const wrong = configured.find(({ retentionDays: days = 1 }) => !Number.isInteger(days) || days < 1)
  if (!wrong) return
  throw new StartError(
    `workspaces: ${wrong.id}: retentionDays: expected a whole number from 1 on, got ${wrong.retentionDays}`,
  )
}
