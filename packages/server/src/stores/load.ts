import type { Strategy } from '@dowellchat/protocol'

/** Who gets a ticket, and which of their slots. */
export interface Place {
  readonly line_manager: string
  readonly slot: number
}

/** How much a line manager has to do. */
export interface Load {
  readonly user_id: string
  /** The most open tickets at once; null for any number. */
  readonly capacity: number | null
  ticket_count: number
  /** When they got a ticket last. */
  readonly served_at: string | null
}

/** Whether a line manager may be given one more. */
export function hasRoom({ capacity, ticket_count }: Pick<Load, 'capacity' | 'ticket_count'>): boolean {
  return capacity === null || ticket_count < capacity
}

/** Each answers whose turn it is of those who are there, who come lowest position first; undefined where nobody has room. */
const choices: { readonly [K in Strategy]: <L extends Load>(managers: readonly L[]) => L | undefined } = {
  least_loaded: leastLoaded,
  longest_idle: (managers) => firstOf(managers, ({ served_at }) => served_at ?? ''),
  round_robin: (managers) => {
    const last = firstOf(managers, ({ served_at }) => served_at ?? '', true)
    const at = last?.served_at == null ? -1 : managers.indexOf(last)
    return [...managers.slice(at + 1), ...managers.slice(0, at + 1)].find(hasRoom)
  },
}

/** Whose turn it is by a strategy. @param managers those who are there and serve the topic, lowest position first */
export function nextOf<L extends Load>(strategy: Strategy, managers: readonly L[]): L | undefined {
  return choices[strategy](managers)
}

/** The first of those with the fewest tickets that have room for one more. */
function leastLoaded<L extends Load>(managers: readonly L[]): L | undefined {
  let least: L | undefined
  for (const manager of managers) {
    if (hasRoom(manager) && (!least || manager.ticket_count < least.ticket_count)) least = manager
  }
  return least
}

/** The one with the least text of those with room; `isLast`: with the greatest of all. */
function firstOf<L extends Load>(
  managers: readonly L[],
  textOf: (manager: L) => string,
  isLast = false,
): L | undefined {
  let found: L | undefined
  for (const manager of managers) {
    if (!isLast && !hasRoom(manager)) continue
    const isBefore = !found || (isLast ? textOf(manager) > textOf(found) : textOf(manager) < textOf(found))
    if (isBefore) found = manager
  }
  return found
}
