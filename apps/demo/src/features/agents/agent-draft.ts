import type { LineManager } from '@dowellchat/client'

/** An agent's settings while they are typed. */
export interface AgentDraft {
  readonly position: string
  readonly minutes: string
  /** '' for no limit. */
  readonly capacity: string
  /** Names of topics; null for all. */
  readonly topics: readonly string[] | null
}

/** What the settings of a new agent start with: after all others in a line, five minutes a ticket. */
export function newDraft(agents: readonly LineManager[]): AgentDraft {
  const last = agents.at(-1)?.positions_in_a_line ?? 0
  return { position: String(last + 1), minutes: '5', capacity: '', topics: null }
}

export function draftOf(agent: LineManager): AgentDraft {
  const { positions_in_a_line, average_serving_time, capacity, topics } = agent
  return {
    position: String(positions_in_a_line),
    minutes: String(average_serving_time),
    capacity: capacity === null ? '' : String(capacity),
    topics,
  }
}

/** A draft as requests take it. */
export function settingsOf({ position, minutes, capacity }: AgentDraft) {
  return {
    positions_in_a_line: Number(position),
    average_serving_time: Number(minutes),
    capacity: capacity === '' ? null : Number(capacity),
  }
}
