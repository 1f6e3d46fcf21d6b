/** The rows by their workspaces, each workspace's in their order. */
export function byWorkspace<Row extends { readonly workspaceId: string }>(
  rows: readonly Row[],
): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(row.workspaceId)
    if (group) group.push(row)
    else groups.set(row.workspaceId, [row])
  }
  return groups
}
