import { createHash } from 'node:crypto'

/** A number for a name of a workspace, to find something by. Two names may have one, so what is found is looked at again. */
export function numberOf(workspaceId: string, name = ''): number {
  return createHash('sha256').update(`${workspaceId}\n${name}`).digest().readUIntBE(0, 6)
}
