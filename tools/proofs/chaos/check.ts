import type { Message } from '../../../packages/protocol/src/index.ts'
import type { Log } from '../recount/log.ts'
import { seen } from '../recount/shown.ts'
import type { Sent, Talker } from './talker.ts'

/** What the promises of delivery forbid, counted, with the first examples. */
export interface Verdict {
  /** Accepted, and not in the store at the place that was told. */
  lost: number
  /** In the store twice, or shown twice. */
  repeated: number
  /** In another order than it was sent, or shown in another order than it has. */
  disordered: number
  /** Shown to somebody, and not in the store so. */
  falselyShown: number
  /** Sent with the SDK, and not sent or failed in the end, or failed where nothing forbade it. */
  undecided: number
  /** SDK lists that do not show the whole log in the end, with all that has become of its messages. */
  notLevel: number
  /** Messages that are not what the entries of their log have made of them. */
  miscounted: number
  readonly examples: string[]
}

const kinds = [
  'lost',
  'repeated',
  'disordered',
  'falselyShown',
  'undecided',
  'notLevel',
  'miscounted',
] as const

/** Whether nothing is wrong. */
export function isGood(verdict: Verdict): boolean {
  return kinds.every((kind) => verdict[kind] === 0)
}

/** Judges what the clients say by what the store has. */
export function judge(talkers: readonly Talker[], logs: ReadonlyMap<string, Log>): Verdict {
  const verdict: Verdict = {
    ...{ lost: 0, repeated: 0, disordered: 0, falselyShown: 0, undecided: 0, notLevel: 0, miscounted: 0 },
    examples: [],
  }
  const add = (kind: (typeof kinds)[number], example: string): void => {
    verdict[kind] += 1
    if (verdict.examples.length < 20) verdict.examples.push(`${kind}: ${example}`)
  }
  for (const [room, { messages, wrong }] of logs) {
    const log = messages.map(({ now }) => now)
    for (const one of wrong) add('miscounted', one)
    // What was changed or removed says something else now.
    const asSent = messages.filter(({ edited, removed }) => !edited && !removed).map(({ now }) => now)
    const cids = new Set(log.map(({ author, cid }) => `${author} ${cid}`))
    const byText = new Map(asSent.map((one) => [one.message_data, one]))
    if (cids.size < log.length) add('repeated', `${log.length - cids.size} cids in ${room}`)
    if (byText.size < asSent.length) add('repeated', `${asSent.length - byText.size} texts in ${room}`)
    log.forEach(({ nth }, at) => {
      if (nth !== at + 1) add('disordered', `nth ${nth} is at ${at + 1} of ${room}`)
    })
    const byId = new Map(log.map((one) => [one._id, one]))
    const find = ({ text, outcome }: Sent): Message | undefined =>
      outcome && '_id' in outcome ? byId.get(outcome._id) : byText.get(text)
    for (const talker of talkers) {
      const own = talker.sent.filter((sent) => sent.room === room)
      judgeSent(talker, own, find, add)
      judgeHeard(talker, room, log, add)
    }
  }
  return verdict
}

type Add = (kind: (typeof kinds)[number], example: string) => void

function judgeSent(
  { kind, user }: Talker,
  sent: readonly Sent[],
  find: (sent: Sent) => Message | undefined,
  add: Add,
): void {
  let before = 0
  for (const one of sent) {
    const { text, outcome } = one
    const stored = find(one)
    if (outcome && '_id' in outcome && stored?.seq !== outcome.seq) add('lost', `${user}: ${text}`)
    if (kind === 'sdk' && (!outcome || 'problem' in outcome))
      add('undecided', `${user}: ${text}: ${outcome?.problem}`)
    if (kind !== 'sdk' || !stored) continue
    if (stored.seq < before) add('disordered', `${user}: ${text} overtook`)
    before = stored.seq
  }
}

function judgeHeard(talker: Talker, room: string, log: readonly Message[], add: Add): void {
  const { kind, user, heard } = talker
  const own = heard.get(room)
  if (!own) return
  if (own.repeated > 0) add('repeated', `${user} was shown ${own.repeated} messages twice`)
  if (own.disordered > 0) add('disordered', `${user} was shown ${own.disordered} messages too late`)
  if (own.gaps > 0) add('disordered', `${user} was shown ${own.gaps} holes`)
  if (own.replaced > 0) add('falselyShown', `${user} was shown ${own.replaced} places with two messages`)
  for (const [nth, id] of own.ids)
    if (log[nth - 1]?._id !== id) add('falselyShown', `${user}: ${nth} of ${room}`)
  if (kind !== 'sdk') return
  const { rows, hasOlder } = talker.shown(room)
  // Whoever has come late begins with the newest page.
  const from = hasOlder ? log.length - rows.length : 0
  const expected = log.slice(from).map((message) => `${seen(message)} sent`)
  const wrong = expected.findIndex((row, at) => row !== rows[at])
  if (rows.length !== expected.length || wrong >= 0)
    add('notLevel', `${user} shows "${rows[wrong]}" for "${expected[wrong]}" of ${room}, ${rows.length} rows`)
}
