import type { Entry, Message } from '../../../packages/protocol/src/index.ts'
import type { Log } from './log.ts'
import type { Deed, World } from './world.ts'

const changes: { readonly [request: string]: string } = {
  edit_message: 'edited',
  react: 'reacted',
  unreact: 'unreacted',
  pin_message: 'pinned',
  unpin_message: 'unpinned',
}
const sends = new Set(['send', 'message_event', 'ticket_message_event', 'send_messages'])

/**
 * What was answered, and is not so in the logs; and what is in the logs, and nobody has asked for.
 * @param doers those of whom everything is known that they have sent
 */
export function brokenPromises(
  world: World,
  logs: ReadonlyMap<string, Log>,
  doers: readonly string[],
): string[] {
  const wrong: string[] = []
  const asked = new Set<string>()
  const made = new Map<string, Entry>()
  for (const { stream, entries } of logs.values())
    for (const entry of entries) {
      const name = nameOf(stream, entry)
      if (name !== undefined) made.set(name, entry)
    }
  for (const deed of world.deeds) {
    const { stream, user, cid } = deed
    const log = logs.get(stream)
    const name = `${stream} ${user} ${cid}`
    if (cid !== null) asked.add(name)
    const problem = log && problemOf(deed, log, cid === null ? undefined : made.get(name))
    if (problem)
      wrong.push(`${user}: ${deed.request} of ${deed.text ?? deed.target} in ${stream}: ${problem}`)
  }
  const isOurs = ({ author, created_at }: Message): boolean =>
    doers.includes(author ?? '') && created_at >= world.began
  for (const [name, entry] of made)
    if (entry.type === 'message' && isOurs(entry) && !asked.has(name))
      wrong.push(`${name} is in the log, and nobody has sent it`)
  return wrong
}

function nameOf(stream: string, entry: Entry): string | undefined {
  if (entry.type === 'message') return `${stream} ${entry.author} ${entry.cid}`
  return entry.type === 'change' ? `${stream} ${entry.by} ${entry.cid}` : undefined
}

function problemOf(deed: Deed, log: Log, entry: Entry | undefined): string | undefined {
  const { request, outcome } = deed
  if (sends.has(request)) return problemOfSend(deed, log, entry)
  if (deed.target === null) return undefined
  const told = log.bySeq.get(deed.target)
  if (!told) return 'its message is not there'
  if (request === 'delete_message') {
    if (outcome === 'refused') return undefined
    return told.removed ? undefined : 'the message is still there'
  }
  if (request === 'start_thread')
    return outcome === 'done' && !told.hasThread ? 'there is no thread' : undefined
  if (request === 'edit_message' && deed.cid === null) return problemOfEdit(deed, log)
  if (deed.cid === null) return undefined
  const isRight =
    entry?.type === 'change' && entry.change === changes[request] && entry.target === deed.target
  if (outcome === 'done') return isRight ? undefined : 'it is not in the log'
  // What was made by an attempt that had no answer is repeated, and changes nothing.
  if (outcome === 'nothing') return entry && !isRight ? 'its cid has made something else' : undefined
  // An attempt without an answer may have made it before the message was removed.
  return entry && !told.removed ? `refused as ${deed.code}, and in the log` : undefined
}

function problemOfSend(deed: Deed, { bySeq }: Log, entry: Entry | undefined): string | undefined {
  if (deed.outcome === 'refused') return entry ? `refused as ${deed.code}, and in the log` : undefined
  if (entry?.type !== 'message') return 'it is not in the log'
  const told = bySeq.get(entry.seq)
  if (told?.removed || told?.edited) return undefined
  return entry.message_data === deed.text ? undefined : `it says ${entry.message_data}`
}

/** Of an edit by the SDK only the text is known, which nobody else writes. */
function problemOfEdit({ outcome, text, target }: Deed, { entries, bySeq }: Log): string | undefined {
  if (outcome === 'refused' || bySeq.get(target ?? 0)?.removed) return undefined
  const made = entries.filter((entry) => entry.type === 'change' && entry.message_data === text)
  return made.length === 1 ? undefined : `it is ${made.length} times in the log`
}

/** Messages of those who were kept from writing, from a time for certain. */
export function brokenSilences(world: World, logs: ReadonlyMap<string, Log>): string[] {
  return world.silences.flatMap(({ user, stream, from, until }) => {
    const said = (logs.get(stream)?.entries ?? []).filter(
      (entry) =>
        ((entry.type === 'message' && entry.author === user) ||
          (entry.type === 'change' && entry.by === user)) &&
        entry.created_at > from &&
        entry.created_at < until,
    )
    return said.map(
      ({ seq }) => `${user} was muted in ${stream} from ${from} until ${until}, and made ${seq}`,
    )
  })
}
