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
}

/** The first of those with the fewest tickets that have room for one more. */
export function leastLoaded<L extends Load>(managers: readonly L[]): L | undefined {
  let least: L | undefined
  for (const manager of managers) {
    const hasRoom = manager.capacity === null || manager.ticket_count < manager.capacity
    if (hasRoom && (!least || manager.ticket_count < least.ticket_count)) least = manager
  }
  return least
}
