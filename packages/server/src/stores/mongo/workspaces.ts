import type { Workspace, WorkspaceStore } from '../store.ts'
import type { Database } from './database.ts'

/** The register of workspaces is one document, so that a new one takes the old one's place at once. */
export function mongoWorkspaces(database: Database): WorkspaceStore {
  const register = database.single<{ workspaces: readonly Workspace[] }>('workspaces', 'register')

  return {
    replaceAll(workspaces) {
      return register.replace({ workspaces: workspaces.toSorted(byId) })
    },

    async list() {
      return [...((await register.read())?.workspaces ?? [])]
    },
  }
}

function byId(a: Workspace, b: Workspace): number {
  return a._id < b._id ? -1 : 1
}
