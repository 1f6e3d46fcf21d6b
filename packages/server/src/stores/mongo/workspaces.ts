import { rowOf } from '../fields/field.ts'
import { workspaceFields } from '../fields/workspaces.ts'
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
      const workspaces = (await register.read())?.workspaces ?? []
      return workspaces.map(rowOf(workspaceFields))
    },
  }
}

function byId(a: Workspace, b: Workspace): number {
  return a._id < b._id ? -1 : 1
}
