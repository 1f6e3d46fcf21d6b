import type { Ticket } from '@dowellchat/client'

/** How urgent what was promised for a ticket is. */
type Urgency = 'late' | 'soon' | 'fine'

interface Due {
  readonly urgency: Urgency
  /** `Answer due in 5 min`, `Answer 12 min late`. */
  readonly words: string
}

const what: Readonly<Record<string, string>> = { first_answer: 'Answer', solved: 'Solution' }
/** The last part of the time that was promised, in which it is urgent. */
const lastPart = 0.25

/** What is due next of a ticket, in words; null where nothing is. */
export function dueOf({ target, enqueued_at, is_closed }: Ticket, now: number): Due | null {
  if (!target || is_closed) return null
  const name = what[target.kind] ?? 'Something'
  const due = Date.parse(target.due_at)
  const left = due - now
  if (left < 0) return { urgency: 'late', words: `${name} ${spanWords(-left)} late` }
  const isSoon = left < (due - Date.parse(enqueued_at)) * lastPart
  return { urgency: isSoon ? 'soon' : 'fine', words: `${name} due in ${spanWords(left)}` }
}

/** How long a ticket has been waiting: `12 min`. */
export function ageOf({ enqueued_at }: Ticket, now: number): string {
  return spanWords(Math.max(0, now - Date.parse(enqueued_at)))
}

/** `1 min`, `3 h`, `2 days`. */
export function spanWords(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000))
  if (minutes < 60) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  if (hours < 48) return `${hours} h`
  return `${Math.round(hours / 24)} days`
}
