import { StartError } from '../../errors.ts'
import type { Store } from '../../stores/store.ts'
import { openStore, type StorePlace } from '../open-store.ts'

/**
 * Opens a store that a server has used, for one of its workspaces. What is asked of a mistyped place or workspace would
 * succeed, and do nothing.
 */
export async function openUsed(place: StorePlace, workspaceId: string): Promise<Store> {
  const store = await openStore({ ...place, mustExist: true })
  try {
    await expectWorkspace(store, workspaceId, place.mongodbUri === undefined ? place.dataDir : 'the database')
    return store
  } catch (error) {
    await store.close()
    throw error
  }
}

async function expectWorkspace(store: Store, workspaceId: string, where: string): Promise<void> {
  const ids = (await store.workspaces.list()).map(({ _id }) => _id)
  if (ids.includes(workspaceId) || (await hasRows(store, workspaceId))) return
  const others = ids.length === 0 ? '' : `; it has ${ids.join(', ')}`
  throw new StartError(`There is no workspace ${workspaceId} in ${where}${others}: name another --workspace`)
}

/** The register knows neither workspaces that are no longer configured, nor those of a store that no server has started on. */
async function hasRows(store: Store, workspaceId: string): Promise<boolean> {
  const [names, { tickets }, { users }, { keys }, { entries }] = await Promise.all([
    store.streams.names(workspaceId, '', 1),
    store.tickets.list(workspaceId, { limit: 1 }),
    store.users.search(workspaceId, { text: '', limit: 1 }),
    store.keys.list(workspaceId, { limit: 1 }),
    store.audit.list(workspaceId, { limit: 1 }),
  ])
  return [names, tickets, users, keys, entries].some((rows) => rows.length > 0)
}
