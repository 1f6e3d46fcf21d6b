import type { StreamKey } from './streams.ts'

/** Where a search looks: in streams with their threads, and in tickets with theirs. */
export interface SearchPlaces {
  /** The names of rooms' and tickets' streams, at most `mostPlaces`. */
  readonly streams: readonly string[]
  /** Beside these the tickets of all customers, or of some of them. */
  readonly tickets: 'all' | { readonly customers: readonly string[] }
}

/** How many streams one search names. */
export const mostPlaces = 500

/** Which messages a search looks at. */
export interface SearchQuery {
  readonly places: SearchPlaces
  /** What all of them have (`search/terms.ts`); at least one. */
  readonly terms: readonly string[]
  /** Only those that one of these users has written. */
  readonly authors?: readonly string[]
  /** The `at` of the last message that the asker has, or the last answer's `before`. */
  readonly before?: string
  readonly limit: number
}

/** A message that may be one that is looked for. */
export interface Candidate {
  /** Its JSON, as it is now. */
  readonly text: string
  /** Its place among all, for `before`. */
  readonly at: string
}

/** The newest first. Where `before` is not null, further ones may be found from it on, also if there are none here. */
export interface Candidates {
  readonly candidates: readonly Candidate[]
  readonly before: string | null
}

/** Streams that are not indexed up to their ends; `next` is null where nothing is left to look at. */
export interface Behind {
  readonly streams: readonly string[]
  readonly next: string | null
}

/**
 * An index of the messages of workspaces that want one, by the terms that `search/terms.ts` makes. It is behind the logs: each
 * stream has a cursor up to which its messages are indexed. What is edited, removed or too old is so in the index too.
 */
export interface SearchStore {
  /** Makes the index ready for this server's terms, before all that there is is indexed; answers as `isComplete`. */
  prepare(workspaceId: string): Promise<boolean>
  /** Whether all that there was when the workspace got an index has been indexed. */
  isComplete(workspaceId: string): Promise<boolean>
  /** Notes that all that there was has been indexed. */
  complete(workspaceId: string): Promise<void>
  /** Indexes what follows the cursors of some streams, a bounded part of it at a call; answers those that have more. */
  index(keys: readonly StreamKey[]): Promise<StreamKey[]>
  /** A bounded part of a workspace's streams at a call. @param from the last call's `next`; null begins */
  behind(workspaceId: string, from: string | null): Promise<Behind>
  /** Removes a bounded part of what a workspace has in the index; answers whether something is left. */
  drop(workspaceId: string): Promise<boolean>
  /** Takes one bounded step to make the index faster to read; answers whether there may be another. */
  tidy(): Promise<boolean>
  /** Messages that have the terms; looks at a bounded part of the index. */
  find(workspaceId: string, query: SearchQuery): Promise<Candidates>
}
