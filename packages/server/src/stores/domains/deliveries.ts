/**
 * How far what happens in a stream was delivered to one of those who follow it from outside, such as a webhook. The row of the
 * stream '' says since when they follow the workspace.
 */
export interface DeliveryRow {
  readonly _id: string
  /** Who follows: the id of a webhook, or a name that the server gives. */
  readonly consumer: string
  /** Beside streams, what is delivered once, by a name of its own. */
  readonly stream: string
  /** What was made before this was there before them, and is not delivered. */
  readonly since: string
  /** The log whose entries were delivered, up to which seq; null before the first. */
  readonly epoch: string | null
  readonly seq: number | null
  /** The seq of the last entry of which somebody has said that it is there. */
  readonly noted: number
  /** When to deliver, or to try again; null while nothing is left. */
  readonly due_at: string | null
  /** Tries running that have failed, since when, and what was wrong with the last one. */
  readonly failures: number
  readonly failing_since: string | null
  readonly problem: string | null
  /** Since when it waits for an operator. */
  readonly parked_at: string | null
  /** What is delivered once, as JSON. */
  readonly event_text: string | null
  readonly version: number
}

/** A row, with its workspace. */
export interface PlacedDelivery {
  readonly workspace_id: string
  readonly row: DeliveryRow
}

/** That something is there to be delivered. */
export interface DeliveryNote extends Pick<DeliveryRow, 'consumer' | 'stream' | 'since'> {
  /** The seq of an entry that is there. */
  readonly head: number
  /** When it is due, unless the stream is due sooner, or parked. */
  readonly due_at: string
  readonly event_text?: string
}

/** What becomes of a row. What is left out stays. */
export type DeliveryChange = Partial<
  Pick<DeliveryRow, 'epoch' | 'seq' | 'due_at' | 'failures' | 'failing_since' | 'problem' | 'parked_at'>
>

export interface DeliveryList {
  readonly consumer: string
  /** The stream of the last row that the asker has; '' for the first ones. */
  readonly after: string
  readonly limit: number
  /** Only those whose last try has failed, the parked ones too. */
  readonly isFailing?: boolean
}

/** That somebody was told of what they have not read in a stream. */
export interface Notice {
  readonly _id: string
  readonly consumer: string
  readonly stream: string
  readonly user_id: string
  /** The nth of the last message that was there then. */
  readonly nth: number
  readonly at: string
}

/** How many notes one call of `note` takes, and how many notices one call of `tell`. */
export const mostNotes = 200

/**
 * What is to be delivered outside. The log of a stream is the truth; a row says how far it was delivered, and that there may
 * be more. A row is changed by compare-and-set, so that of two servers one delivers on.
 */
export interface DeliveryStore {
  /** Begins to follow a workspace, unless the consumer does already; answers since when it does. */
  follow(workspaceId: string, consumer: string, at: string): Promise<string>
  /** Notes that there is something to deliver; makes the rows that there are not. */
  note(workspaceId: string, notes: readonly DeliveryNote[]): Promise<void>
  /** What a consumer is to get by now, in all workspaces, what has waited longest first. */
  due(consumer: string, now: string, limit: number): Promise<PlacedDelivery[]>
  get(workspaceId: string, consumer: string, stream: string): Promise<DeliveryRow | null>
  /** Changes a row that nobody has changed since it was read; answers it as it is then, else null. */
  settle(
    workspaceId: string,
    known: Pick<DeliveryRow, '_id' | 'version'>,
    change: DeliveryChange,
  ): Promise<DeliveryRow | null>
  /** Removes a row that nobody has changed since it was read; answers whether it has. */
  remove(workspaceId: string, known: Pick<DeliveryRow, '_id' | 'version'>): Promise<boolean>
  /** A consumer's rows in a workspace, but for the one of the stream '', in the order of their streams. */
  list(workspaceId: string, page: DeliveryList): Promise<DeliveryRow[]>
  /** Which of some people were told of a stream, and up to where. */
  told(workspaceId: string, consumer: string, stream: string, userIds: readonly string[]): Promise<Notice[]>
  /** Notes that people were told; takes the place of what they were told before. */
  tell(workspaceId: string, notices: readonly Omit<Notice, '_id'>[]): Promise<void>
}
