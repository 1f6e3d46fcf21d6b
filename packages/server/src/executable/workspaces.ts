import { Id } from '@dowellchat/protocol'
import * as z from 'zod/mini'
import { StartError } from '../errors.ts'
import type { WorkspaceKey, WorkspaceOptions } from '../identity/workspaces.ts'

/** What the environment says of workspaces. */
export interface WorkspaceVariables {
  readonly WORKSPACES?: string | undefined
  readonly GUESTS?: string | undefined
  readonly SEARCH?: string | undefined
  readonly V2_WORKSPACE?: string | undefined
}

const demoId = 'demo'
const demoKey: WorkspaceKey = { key: 'demo-key', kinds: ['page', 'server'] }
const shortestServerKey = 32

/** The key may have been in the environment's one text, so a message names its place and never shows it. */
interface Entry {
  readonly place: number
  readonly id: string
  readonly key: string | undefined
}

/**
 * The workspaces, and the one that admits V2 sockets without an identity. Keys of workspaces that take V2's pages are page
 * keys, all others are server keys; a demo's own key is both.
 * @throws StartError
 */
export function readWorkspaces(
  { WORKSPACES = '', GUESTS, SEARCH, V2_WORKSPACE = '' }: WorkspaceVariables,
  { isDemo }: { isDemo: boolean },
): { workspaces: WorkspaceOptions[]; v2: { workspace: string } | undefined } {
  const entries = readEntries(WORKSPACES)
  const named = listOf(V2_WORKSPACE)
  const v2 = new Set(isDemo ? [...named, demoId] : named)
  const ids = new Set([...(isDemo ? [demoId] : []), ...entries.map(({ id }) => id)])
  expectAmong('V2_WORKSPACE', named, ids)
  const guests = new Set(listOf(GUESTS ?? ''))
  expectAmong('GUESTS', [...guests], ids)
  const searched = new Set(listOf(SEARCH ?? ''))
  expectAmong('SEARCH', [...searched], ids)
  if (!isDemo) refuseShortKeys(entries.filter(({ id }) => !v2.has(id)))
  const workspaces = [...ids].map((id): WorkspaceOptions => {
    const isDemos = isDemo && id === demoId
    const own = entries.flatMap((entry) => (entry.id === id ? (entry.key ?? []) : []))
    const keys = v2.has(id) ? own.map((key): WorkspaceKey => ({ key, kinds: ['page'] })) : own
    return {
      id,
      keys: isDemos ? [demoKey, ...keys] : keys,
      ...(v2.has(id) && { v2: true }),
      ...((isDemos || guests.has(id)) && { guests: true }),
      ...((isDemos || searched.has(id)) && { search: true }),
      ...(isDemos && { customersMeet: 'anybody' as const }),
    }
  })
  const [first] = v2
  return { workspaces, v2: first === undefined ? undefined : { workspace: first } }
}

/** The parts of a list with commas. */
export function listOf(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Reads `id:key,id:key,id`. Repeat an id to add a key. */
function readEntries(text: string): Entry[] {
  return text.split(',').flatMap((part, at) => {
    const entry = part.trim()
    if (entry === '') return []
    const [, id = entry, key] = /^([^:]*):(.*)$/s.exec(entry) ?? []
    // An id alone that has an equals sign is a mistyped key.
    const isKey = key === undefined ? !id.includes('=') : z.safeParse(Id, key).success
    if (!z.safeParse(Id, id).success || !isKey) {
      throw new StartError(
        `WORKSPACES: entry ${at + 1} is not <id>:<key> or <id>, each of 1 to 128 visible characters`,
      )
    }
    return { place: at + 1, id, key }
  })
}

function expectAmong(variable: string, named: readonly string[], ids: ReadonlySet<string>): void {
  const unknown = named.find((id) => !ids.has(id))
  if (unknown !== undefined) throw new StartError(`${variable}: ${unknown} is not among WORKSPACES`)
}

function refuseShortKeys(entries: readonly Entry[]): void {
  const short = entries.find(({ key }) => key !== undefined && key.length < shortestServerKey)
  if (!short) return
  throw new StartError(
    `WORKSPACES: the key of entry ${short.place} has fewer than ${shortestServerKey} characters: make a longer one, for example with openssl rand -hex 32`,
  )
}
