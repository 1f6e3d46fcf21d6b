/** A user's or a stream's workspace, and its id. Neither has a line feed. */
export type Place = readonly [workspaceId: string, id: string]

export function nameOf([workspaceId, id]: Place): string {
  return `${workspaceId}\n${id}`
}

/** The place of a name. */
export function placeNamed(name: string): Place {
  const at = name.indexOf('\n')
  return [name.slice(0, at), name.slice(at + 1)]
}
