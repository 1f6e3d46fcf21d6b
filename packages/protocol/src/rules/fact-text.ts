import type { Message, TicketFact } from '../messages.ts'

/** The kinds of messages that say what happened to a ticket. */
export type FactKind = Exclude<Message['kind'], 'text' | 'removed'>

/** Whom and what a fact names, in words for people. */
export interface FactNames {
  /** Who has the ticket then. */
  readonly line_manager?: string | undefined
  /** The topic that it went to. */
  readonly product?: string | undefined
  /** What a customer says beside a rating. */
  readonly comment?: string | undefined
}

/** What happened to a ticket, said to people. Without names it names nobody. */
export function factText(kind: FactKind, fact: TicketFact = {}, names: FactNames = {}): string {
  switch (kind) {
    case 'closed':
      return 'Ticket Closed'
    case 'assigned':
      return names.line_manager === undefined ? 'Assigned' : `${names.line_manager} has the ticket`
    case 'transferred': {
      const to = names.line_manager ?? names.product
      return because(to === undefined ? 'Passed on' : `Passed on to ${to}`, fact.reason)
    }
    case 'handed_back':
      return 'Back in line'
    case 'held':
      return because('On hold', fact.reason)
    case 'resumed':
      return 'No longer on hold'
    case 'reopened':
      return 'Reopened'
    case 'rated':
      return because(`Rated ${fact.score ?? 0} of 5`, names.comment)
    case 'called':
      return typeof fact.duration_ms === 'number'
        ? `Call, ${duration(fact.duration_ms)}`
        : 'Call, not answered'
    default:
      return kind satisfies never
  }
}

function because(what: string, why: string | undefined): string {
  return why === undefined ? what : `${what}: ${why}`
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  const [minutes, rest] = [Math.floor(seconds / 60), seconds % 60]
  if (minutes === 0) return `${seconds} s`
  return rest === 0 ? `${minutes} min` : `${minutes} min ${rest} s`
}
