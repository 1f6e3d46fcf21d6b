import { lineOwner, managerLine } from '@dowellchat/protocol'
import type { Change } from './domains/changes.ts'

/** How many changes a server reads at a time. */
export const changesAtOnce = 500

/** The change with other ids of people; undefined where it has none of them. */
export function renamedChange(
  change: Change,
  workspaceId: string,
  renamed: Readonly<Record<string, string>>,
): Change | undefined {
  if (change.workspace_id !== workspaceId) return undefined
  const names = new Map(Object.entries(renamed))
  const changed = withIds(change, (id) => names.get(id) ?? id)
  return JSON.stringify(changed) === JSON.stringify(change) ? undefined : changed
}

/** The change with every id of a person in it replaced. A new kind does not compile without saying which it has. */
function withIds(change: Change, idOf: (id: string) => string): Change {
  switch (change.kind) {
    case 'ticket_changed': {
      const { user_id, lines } = change
      return {
        ...change,
        user_id: idOf(user_id),
        ...(lines && { lines: lines.map((one) => renamedLine(one, idOf)) }),
      }
    }
    case 'sessions_revoked':
    case 'line_manager_changed':
    case 'user_changed':
      return { ...change, user_id: idOf(change.user_id) }
    case 'block_changed':
      return { ...change, user_id: idOf(change.user_id), blocked_id: idOf(change.blocked_id) }
    case 'guest_became_user':
      return { ...change, guest_id: idOf(change.guest_id), user_id: idOf(change.user_id) }
    case 'sight_changed':
      return {
        ...change,
        user_id: idOf(change.user_id),
        other_id: change.other_id === null ? null : idOf(change.other_id),
      }
    case 'lines_moved':
      return { ...change, line_managers: change.line_managers.map(idOf) }
    case 'room_changed':
      return { ...change, user_ids: (change.user_ids ?? []).map(idOf) }
    case 'key_ended':
    case 'messages_removed':
    case 'open_room_closed':
    case 'topic_changed':
    case 'canned_answer_changed':
    case 'report_changed':
      return change
    default:
      return change satisfies never
  }
}

function renamedLine(line: string, idOf: (id: string) => string): string {
  const owner = lineOwner(line)
  return owner?.kind === 'manager' ? managerLine(idOf(owner.name)) : line
}
