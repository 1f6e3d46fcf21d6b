import type { LineKey, LineState } from './line-reading.ts'

/** A line as its followers know it. */
export interface TimedState extends LineState {
  /** Later than that of all states before. */
  readonly computed_at: string
}

/** A line that sockets of this server follow. */
export interface FollowedLine {
  readonly key: LineKey
  /** What its followers have been told; undefined until somebody has asked for it. */
  state: TimedState | undefined
  reading: Promise<TimedState> | undefined
  /** The topics of those who have asked for their place in it. */
  readonly products: Set<string>
}

/** The lines that sockets of this server follow, by workspace and name. */
export class FollowedLines {
  readonly #lines = new Map<string, Map<string, FollowedLine>>()
  /** The ids of the tickets in each, as its followers know it. */
  readonly #tickets = new WeakMap<FollowedLine, ReadonlySet<string>>()

  add(line: FollowedLine): void {
    const { workspace_id, line: name } = line.key
    const lines = this.#lines.get(workspace_id) ?? new Map<string, FollowedLine>()
    this.#lines.set(workspace_id, lines.set(name, line))
  }

  delete({ workspace_id, line }: LineKey): void {
    const lines = this.#lines.get(workspace_id)
    lines?.delete(line)
    if (lines?.size === 0) this.#lines.delete(workspace_id)
  }

  get({ workspace_id, line }: LineKey): FollowedLine | undefined {
    return this.#lines.get(workspace_id)?.get(line)
  }

  /** Those of a workspace, or of all. */
  all(workspaceId?: string): FollowedLine[] {
    const some = workspaceId === undefined ? [...this.#lines.values()] : [this.#lines.get(workspaceId) ?? []]
    return some.flatMap((lines) => [...lines.values()])
  }

  /** Notes which tickets are in a line. */
  index(line: FollowedLine): void {
    this.#tickets.set(line, new Set((line.state?.orders ?? []).map(ticketIn)))
  }

  /** Those that have a ticket, as their followers know them. */
  with(workspaceId: string, ticketId: string): FollowedLine[] {
    return this.all(workspaceId).filter((line) => this.#tickets.get(line)?.has(ticketId))
  }
}

/** The id of the ticket at a place; `lineOrder` puts it behind a rank and a time. */
export function ticketIn(order: string): string {
  return order.slice(order.indexOf(' ', order.indexOf(' ') + 1) + 1)
}
