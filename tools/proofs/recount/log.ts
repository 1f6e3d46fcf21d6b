import type { Deletion, Entry, Message, MessageChange } from '../../../packages/protocol/src/index.ts'

/** A message as the store has it, and what it must be by what the log says has become of it. */
export interface Told {
  readonly now: Message
  /** Who gives which reaction, in the order in which reactions came. */
  readonly reactions: Map<string, Set<string>>
  /** The last edit, and how many there were. */
  edited: MessageChange | null
  edits: number
  /** The entry that has pinned it; null where it is not pinned. */
  pinned: MessageChange | null
  hasThread: boolean
  /** The seq of the last entry that has changed it; 0 while none has. */
  version: number
  removed: Deletion | null
}

/** A stream's whole log, folded by nobody but us. */
export interface Log {
  readonly stream: string
  readonly entries: readonly Entry[]
  /** In their order: the message with `nth` is at `nth - 1`. */
  readonly messages: readonly Told[]
  readonly bySeq: ReadonlyMap<number, Told>
  /** What contradicts itself. */
  readonly wrong: readonly string[]
}

/** Reads a log from its first entry on. */
export function logOf(stream: string, entries: readonly Entry[]): Log {
  const messages: Told[] = []
  const bySeq = new Map<number, Told>()
  const wrong: string[] = []
  const cids = new Set<string>()
  for (const [at, entry] of entries.entries()) {
    const add = (text: string): number => wrong.push(`${stream} ${entry.seq}: ${text}`)
    if (entry.seq !== at + 1) add(`stands at ${at + 1}`)
    if (entry.nth !== messages.length + (entry.type === 'message' ? 1 : 0)) add(`has nth ${entry.nth}`)
    if (entry.type === 'message') {
      const told = newTold(entry)
      messages.push(told)
      bySeq.set(entry.seq, told)
      once(cids, `${entry.author} ${entry.cid}`, add)
    } else if (entry.type === 'change') {
      once(cids, `${entry.by} ${entry.cid}`, add)
      const told = bySeq.get(entry.target)
      const problem = told ? applyChange(told, entry) : 'changes what is no message'
      if (problem) add(problem)
    } else
      for (const problem of entry.targets.map((seq) => remove(bySeq.get(seq), entry)))
        if (problem) add(problem)
  }
  for (const told of messages)
    wrong.push(...notAsTold(told).map((text) => `${stream} ${told.now.seq}: ${text}`))
  return { stream, entries, messages, bySeq, wrong }
}

function newTold(now: Message): Told {
  return {
    ...{ now, reactions: new Map(), edited: null, edits: 0 },
    ...{ pinned: null, hasThread: false, version: 0, removed: null },
  }
}

function once(known: Set<string>, name: string, add: (text: string) => unknown): void {
  if (known.has(name)) add(`repeats the cid ${name}`)
  known.add(name)
}

function remove(told: Told | undefined, deletion: Deletion): string | undefined {
  if (!told) return 'removes what is no message'
  if (told.removed) return 'removes what is removed'
  told.removed = deletion
  return undefined
}

function applyChange(told: Told, change: MessageChange): string | undefined {
  if (told.removed) return `is ${change.change} though it is removed`
  told.version = change.seq
  switch (change.change) {
    case 'edited':
      if (change.by !== told.now.author) return `${change.by} has edited what is ${told.now.author}'s`
      told.edited = change
      told.edits += 1
      return undefined
    case 'reacted':
    case 'unreacted':
      return applyReaction(told, change)
    case 'pinned':
    case 'unpinned': {
      const isPin = change.change === 'pinned'
      if ((told.pinned !== null) === isPin) return `is ${change.change} twice`
      told.pinned = isPin ? change : null
      return undefined
    }
    case 'thread_started':
      if (told.hasThread) return 'has a thread twice'
      told.hasThread = true
      return undefined
    default:
      return change.change satisfies never
  }
}

function applyReaction(
  { now, reactions }: Told,
  { change, by, reaction }: MessageChange,
): string | undefined {
  // What has become of a removed message leaves nothing of what people gave it.
  if (now.kind === 'removed') return undefined
  if (!reaction || by === null) return 'names no reaction'
  const users = reactions.get(reaction.reaction) ?? new Set()
  if (users.has(by) === (change === 'reacted')) return `${by} has ${change} ${reaction.reaction} twice`
  if (change === 'reacted') users.add(by)
  else users.delete(by)
  if (users.size > 0) reactions.set(reaction.reaction, users)
  else reactions.delete(reaction.reaction)
  if (reaction.count !== users.size) return `counts ${reaction.count} ${reaction.reaction} of ${users.size}`
  return undefined
}

/** In which way a message is not what the log has made of it. */
function notAsTold({ now, reactions, edited, pinned, hasThread, version, removed }: Told): string[] {
  const wrong: string[] = []
  const same = (what: string, is: unknown, must: unknown): void => {
    if (is !== must) wrong.push(`${what} is ${String(is)} and must be ${String(must)}`)
  }
  same('has_thread', now.has_thread ?? false, hasThread)
  if (removed) {
    same('kind', now.kind, 'removed')
    same('text', now.message_data, '')
    same('reactions', now.reactions, undefined)
    same('pinned_at', now.pinned_at, undefined)
    same('mentions', now.mentions, undefined)
    same('quote', now.quote, undefined)
    return wrong
  }
  same('kind', now.kind === 'removed', false)
  same('version', now.version ?? 0, version)
  same('edited_at', now.edited_at, edited?.created_at)
  same('pinned_at', now.pinned_at, pinned?.created_at)
  same('pinned_by', now.pinned_by, pinned?.by ?? undefined)
  if (edited) {
    same('text', now.message_data, edited.message_data)
    same('mentions', JSON.stringify(now.mentions ?? []), JSON.stringify(edited.mentions ?? []))
  }
  same('reactions', reactionsText(now.reactions ?? []), reactionsText(countsIn(reactions)))
  return wrong
}

/** How many give each reaction, and who. */
export function countsIn(
  reactions: ReadonlyMap<string, ReadonlySet<string>>,
): { reaction: string; count: number; user_ids: string[] }[] {
  return [...reactions].map(([reaction, users]) => ({ reaction, count: users.size, user_ids: [...users] }))
}

/** All that a message says of its reactions; the order of those who give one is nobody's promise. */
export function reactionsText(
  reactions: readonly {
    readonly reaction: string
    readonly count: number
    readonly user_ids: readonly string[]
  }[],
): string {
  return reactions
    .map(({ reaction, count, user_ids }) => `${reaction} ${count} ${user_ids.toSorted().join()}`)
    .join('; ')
}
