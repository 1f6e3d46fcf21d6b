import type { Change } from './domains/changes.ts'

/** How many changes a server reads at a time. */
export const changesAtOnce = 500

/** The change with other ids of people; undefined where it has none of them. */
export function renamedChange(
  change: Change,
  workspaceId: string,
  renamed: Readonly<Record<string, string>>,
): Change | undefined {
  const names = new Map(Object.entries(renamed))
  if (change.workspace_id !== workspaceId || !('user_id' in change)) return undefined
  const idOf = (id: string): string => names.get(id) ?? id
  const changed =
    change.kind === 'guest_became_user'
      ? { ...change, guest_id: idOf(change.guest_id), user_id: idOf(change.user_id) }
      : { ...change, user_id: idOf(change.user_id) }
  return JSON.stringify(changed) === JSON.stringify(change) ? undefined : changed
}
