import { changedMessage, removedMessage } from '@dowellchat/protocol/core'
import type { Entry, Message } from '../entities.ts'

type Deletion = Extract<Entry, { targets: unknown }>

/** A message was changed. */
export type MessageChange = Extract<Entry, { target: unknown }>

/** An entry that shows nothing by itself, and changes messages. */
export type Change = MessageChange | Deletion

/** Makes the row of a message. It gets the change that has made the message what it is, if one has. */
export type RowOf<Row> = (message: Message, change?: MessageChange) => Row

/**
 * Rows after some changes, in the order of the log; all others stay the objects that they are. The same array if none differs.
 * @param messageOf answers the message of a row as it is in the log
 */
export function changedRows<Row extends { readonly message: Message }>(
  rows: Row[],
  changes: readonly Change[],
  rowOf: RowOf<Row>,
  messageOf: (row: Row) => Message,
): Row[] {
  let changed = rows
  const removed = new Set<number>()

  function set(at: number, become: (message: Message) => Message, change?: MessageChange): void {
    const row = changed[at]
    if (!row) return
    const before = messageOf(row)
    const message = become(before)
    if (message === before) return
    if (changed === rows) changed = [...rows]
    changed[at] = rowOf(message, change)
  }

  for (const change of changes) {
    const targets = isDeletion(change) ? change.targets : [change.target]
    for (const seq of targets) {
      const at = placeOf(changed, seq)
      if (isDeletion(change)) removed.add(seq)
      if (changed[at]?.message.seq !== seq) continue
      if (isDeletion(change)) set(at, (message) => removedMessage(message, change.reason))
      else set(at, (message) => changedMessage(message, change), change)
    }
  }
  if (removed.size > 0) for (const at of rows.keys()) set(at, (message) => withoutQuote(message, removed))
  return changed
}

/** A removed message is not quoted any more. */
function withoutQuote(message: Message, removed: ReadonlySet<number>): Message {
  if (!message.quote || !removed.has(message.quote.seq)) return message
  const { quote, ...rest } = message
  return rest
}

/** Where the row of a seq is, or would be. */
export function placeOf(rows: readonly { readonly message: Message }[], seq: number): number {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((rows[middle]?.message.seq ?? seq) < seq) low = middle + 1
    else high = middle
  }
  return low
}

function isDeletion(entry: Entry): entry is Deletion {
  return entry.type === 'deletion' && 'targets' in entry
}

export function isChange(entry: Entry): entry is Change {
  return isDeletion(entry) || (entry.type === 'change' && 'target' in entry)
}

export function isMessage(entry: Entry): entry is Message {
  return entry.type === 'message' && 'message_data' in entry
}
