import type { DataIn } from './device.ts'

/** A message as those who have met it know it. */
export interface Known {
  readonly _id: string
  readonly seq: number
  readonly nth: number
  readonly author: string | null
}

/** A conversation. */
export interface Place {
  readonly stream: string
  /** The name of the room; null for tickets and threads. */
  readonly room: string | null
  readonly kind: 'open' | 'members' | 'direct' | 'ticket' | 'thread'
  /** Who may read it. */
  readonly people: readonly string[]
  readonly owner: string | null
  readonly known: Known[]
  readonly threads: Place[]
  /** Only threads have it: the conversation that the thread belongs to, and its message there. */
  readonly parent: { readonly place: Place; readonly message: Known } | null
}

/** What somebody has asked for, and how that has ended. */
export interface Deed {
  readonly user: string
  readonly request: string
  readonly stream: string
  /** Null where the SDK has chosen it. */
  readonly cid: string | null
  /** The message that it is about. */
  readonly target: number | null
  readonly text: string | null
  readonly outcome: 'done' | 'nothing' | 'refused'
  /** Why it was refused. */
  readonly code: string | null
}

/** A mark as the server has said that it is. */
export interface Marking {
  readonly user: string
  readonly stream: string
  readonly request: 'mark_read' | 'mark_unread'
  readonly asked: number
  readonly at: string
  readonly reader: DataIn<'mark_read'>
}

/** Where a mark goes if it is made. */
export interface UnansweredMark extends Pick<Marking, 'user' | 'stream' | 'request'> {
  readonly nth: number
}

/** Somebody was not allowed to write for a time that lies within this one for certain. */
export interface Silence {
  readonly user: string
  readonly stream: string
  readonly from: string
  readonly until: string
}

/** Everything that was done, and what its doers were told. */
export class World {
  /** Tells several runs on one store apart. */
  readonly seed: number
  /** Two people have one direct room: what is older was said in another run. */
  readonly began: string
  readonly places: Place[] = []
  readonly deeds: Deed[] = []
  readonly markings: Marking[] = []
  /** The newest word on each reader, by person and stream, and who has kept a room how. */
  readonly readers = new Map<string, DataIn<'mark_read'>>()
  /**
   * What may move a mark with no answer to it: what SDKs were told that their user has read, which they say by themselves, and
   * marks that were asked for more than once, whose first try may reach its server after the answer to a later one.
   */
  readonly unansweredMarks: UnansweredMark[] = []
  readonly silences: Silence[] = []
  /** What one device alone decides, as it was answered last: of whom, of what. */
  readonly facts = new Map<string, unknown>()
  readonly reports: { user: string; reason: string; id: string | null; resolution: string | null }[] = []
  /** What an answer was that it must never be. */
  readonly wrong: string[] = []
  readonly counts: Record<string, number> = {}
  readonly refusals: Record<string, number> = {}

  constructor(seed: number, began = new Date().toISOString()) {
    this.seed = seed
    this.began = began
  }

  get threads(): Place[] {
    return this.places.flatMap(({ threads }) => threads)
  }

  get all(): Place[] {
    return [...this.places, ...this.threads]
  }

  count(request: string): void {
    this.counts[request] = (this.counts[request] ?? 0) + 1
  }

  note(deed: Deed): void {
    this.deeds.push(deed)
    this.count(deed.request)
    if (deed.code === null) return
    const name = `${deed.request}: ${deed.code}`
    this.refusals[name] = (this.refusals[name] ?? 0) + 1
  }

  noteReader(user: string, reader: DataIn<'mark_read'>): void {
    const name = `${user} ${reader.stream}`
    if (reader.version > (this.readers.get(name)?.version ?? 0)) this.readers.set(name, reader)
  }

  expect(isSo: boolean, text: () => string): void {
    if (!isSo && this.wrong.length < 50) this.wrong.push(text())
  }
}

export function newPlace(place: Pick<Place, 'stream' | 'room' | 'kind' | 'people' | 'owner'>): Place {
  return { ...place, known: [], threads: [], parent: null }
}
