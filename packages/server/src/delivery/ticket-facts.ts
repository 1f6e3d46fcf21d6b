import {
  type FactKind,
  type FactNames,
  factText,
  nextTarget,
  type Ticket,
  type TicketFact,
  type TicketMove,
  ticketStream,
  topicTitle,
} from '@dowellchat/protocol'
import type { Closing, MessageDraft, Moved, Store } from '../stores/store.ts'
import type { Streams } from './streams.ts'

/** What telling of tickets needs; a request's `Context` has it too. */
export interface TimelineParts {
  readonly store: Pick<Store, 'users' | 'topics' | 'tickets'>
  readonly streams: Pick<Streams, 'append'>
}

/** Who has done something. */
export interface Doer {
  readonly user_id: string
  readonly name: string | null
}

/** What is told of a move beside what it has made. */
interface Telling {
  readonly move: TicketMove
  readonly by: Doer
  /** In the words of whoever moves it. */
  readonly reason?: string | undefined
}

/**
 * Appends to a ticket's conversation what a move has made of it, behind the row; sets what is due next. A repetition appends nothing, and a
 * close has its own entry, `closedDraft`.
 * @returns the ticket with its target
 */
export async function tellOfMove(
  parts: TimelineParts,
  workspaceId: string,
  moved: Moved,
  { move, by, reason }: Telling,
): Promise<Ticket> {
  const { ticket, moved_now, moves } = moved
  if (moved_now) {
    const kind = kindOf(move, moved)
    const draft = kind && (await moveDraft(parts, workspaceId, { kind, moved, by, reason, moves }))
    if (draft) await toTicket(parts, workspaceId, draft)
  }
  return changesTarget(moved) ? withTarget(parts, workspaceId, ticket) : ticket
}

/** Tells that the line has given a ticket to somebody who was free. */
export async function tellAssigned(parts: TimelineParts, workspaceId: string, ticket: Ticket): Promise<void> {
  const { line_manager, assigned_at, _id } = ticket
  if (line_manager === null) return
  const name = await nameOf(parts, workspaceId, line_manager)
  const fact = { line_manager }
  const text = factText('assigned', fact, { line_manager: name ?? line_manager })
  const by = { user_id: line_manager, name }
  const cid = `assigned:${_id}:${assigned_at}`
  await toTicket(parts, workspaceId, factDraft(ticket, { kind: 'assigned', cid, text, fact, by }))
}

/** Tells that a ticket is back in its line, since the line manager who had it is away. */
export async function tellHandedBack(
  parts: TimelineParts,
  workspaceId: string,
  ticket: Ticket,
  from: string,
): Promise<void> {
  const by = { user_id: from, name: await nameOf(parts, workspaceId, from) }
  const fact = { line_manager: null, from }
  const text = factText('handed_back', fact)
  const cid = `handed_back:${ticket._id}:${ticket.updated_at}`
  await toTicket(parts, workspaceId, factDraft(ticket, { kind: 'handed_back', cid, text, fact, by }))
}

/** How often it is looked again whether a ticket was moved as its target was set. */
const mostTurns = 3

/** Sets what is due next of a ticket, by what its topic promises. @returns the ticket as it is then */
export async function withTarget(
  { store }: Pick<TimelineParts, 'store'>,
  workspaceId: string,
  ticket: Ticket,
): Promise<Ticket> {
  let shown = ticket
  for (let turn = 0; turn < mostTurns; turn++) {
    const topic = await store.topics.get(workspaceId, shown.product)
    const targetOf = (one: Ticket) => topic && nextTarget(one, topic)
    const target = targetOf(shown)
    if (isSameTarget(target, shown.target)) return shown
    const changed = await store.tickets.update(workspaceId, ticket._id, { target })
    if (!changed) return shown
    // It may have been closed or passed on meanwhile: then another one is due, or none.
    if (changed.product === shown.product && isSameTarget(targetOf(changed), changed.target)) return changed
    shown = changed
  }
  return shown
}

function isSameTarget(one: Ticket['target'], other: Ticket['target']): boolean {
  return one?.kind === other?.kind && one?.due_at === other?.due_at
}

/** The entry of a close: every repetition has the same cid and author, so it completes one that was interrupted, once. */
export function closedDraft(ticket: Ticket, { by, count }: Closing): MessageDraft {
  const cid = `closed:${ticket._id}:${count}`
  const text = factText('closed')
  return factDraft(ticket, { kind: 'closed', cid, text, by: { user_id: by, name: null } })
}

/** An entry of a ticket's timeline. */
export interface Happening {
  readonly kind: FactKind
  /** Made of what has happened, so that telling it again appends nothing. */
  readonly cid: string
  readonly text: string
  readonly fact?: TicketFact
  readonly by: Doer
}

export function factDraft(
  { _id: ticket_id, product }: Pick<Ticket, '_id' | 'product'>,
  { kind, cid, text, fact, by }: Happening,
): MessageDraft {
  return {
    kind,
    cid,
    fingerprint: kind,
    message_data: text,
    author: by.user_id,
    display_name: by.name,
    reply_to: null,
    client_created_at: null,
    sid: null,
    ticket_id,
    product,
    ...(fact && { fact }),
  }
}

/** Appends to a ticket's conversation. */
export function toTicket(
  { streams }: Pick<TimelineParts, 'streams'>,
  workspace_id: string,
  draft: MessageDraft,
) {
  return streams.append({ workspace_id, stream: ticketStream(draft.ticket_id ?? '') }, draft)
}

/** What the entry of a move is; undefined where it has none here: answers are messages already. */
function kindOf(move: TicketMove, { before }: Moved): FactKind | undefined {
  switch (move.kind) {
    case 'take':
      return 'assigned'
    case 'assign':
      return before.line_manager === null ? 'assigned' : 'transferred'
    case 'transfer':
      return 'transferred'
    case 'hand_back':
      return 'handed_back'
    case 'hold':
      return 'held'
    case 'resume':
      return 'resumed'
    case 'reopen':
      return 'reopened'
    case 'close':
    case 'answer':
      return undefined
    default:
      return move satisfies never
  }
}

interface MoveTelling extends Omit<Telling, 'move'> {
  readonly kind: FactKind
  readonly moved: Moved
  readonly moves: number
}

async function moveDraft(
  parts: TimelineParts,
  workspaceId: string,
  { kind, moved: { ticket, before }, by, reason, moves }: MoveTelling,
): Promise<MessageDraft> {
  const { _id, line_manager, product } = ticket
  const isElsewhere = product !== before.product
  const fact: TicketFact = {
    line_manager,
    ...(before.line_manager !== line_manager && { from: before.line_manager }),
    ...(isElsewhere && { product }),
    ...(reason !== undefined && { reason }),
  }
  const names = await namesOf(parts, workspaceId, { line_manager, product: isElsewhere ? product : null })
  const text = factText(kind, fact, names)
  return factDraft(ticket, { kind, cid: `${kind}:${_id}:${moves}`, text, fact, by })
}

async function namesOf(
  parts: TimelineParts,
  workspaceId: string,
  { line_manager, product }: { readonly line_manager: string | null; readonly product: string | null },
): Promise<FactNames> {
  const [name, topic] = await Promise.all([
    line_manager === null ? null : nameOf(parts, workspaceId, line_manager),
    product === null ? null : parts.store.topics.get(workspaceId, product),
  ])
  return {
    ...(line_manager !== null && { line_manager: name ?? line_manager }),
    ...(product !== null && { product: topicTitle(topic ?? { name: product }) }),
  }
}

/** What somebody is called; null where nobody knows. */
export async function nameOf({ store }: Pick<TimelineParts, 'store'>, workspaceId: string, userId: string) {
  const [user] = await store.users.get(workspaceId, [userId])
  return user?.name ?? null
}

/** Whether what a move has changed decides what is due. */
function changesTarget({ before, ticket, moved_now }: Moved): boolean {
  const isSame =
    before.answered_at === ticket.answered_at &&
    before.closed_at === ticket.closed_at &&
    before.enqueued_at === ticket.enqueued_at &&
    before.product === ticket.product
  return moved_now && !isSame
}
