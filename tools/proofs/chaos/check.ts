import type { Sent, Talker } from './talker.ts'

/** A message as the store has it in the end. */
export interface Stored {
  readonly _id: string
  readonly seq: number
  readonly cid: string
  readonly author: string | null
  readonly message_data: string
}

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
  /** SDK lists that do not show the whole log in the end. */
  notLevel: number
  readonly examples: string[]
}

const kinds = ['lost', 'repeated', 'disordered', 'falselyShown', 'undecided', 'notLevel'] as const

/** Whether nothing is wrong. */
export function isGood(verdict: Verdict): boolean {
  return kinds.every((kind) => verdict[kind] === 0)
}

/** Judges what the clients say by what the store has. */
export function judge(talkers: readonly Talker[], logs: ReadonlyMap<string, readonly Stored[]>): Verdict {
  const verdict: Verdict = {
    ...{ lost: 0, repeated: 0, disordered: 0, falselyShown: 0, undecided: 0, notLevel: 0 },
    examples: [],
  }
  const add = (kind: (typeof kinds)[number], example: string): void => {
    verdict[kind] += 1
    if (verdict.examples.length < 20) verdict.examples.push(`${kind}: ${example}`)
  }
  for (const [room, log] of logs) {
    const cids = new Set(log.map(({ author, cid }) => `${author} ${cid}`))
    const texts = new Set(log.map(({ message_data }) => message_data))
    if (cids.size < log.length) add('repeated', `${log.length - cids.size} cids in ${room}`)
    if (texts.size < log.length) add('repeated', `${log.length - texts.size} texts in ${room}`)
    log.forEach(({ seq }, at) => {
      if (seq !== at + 1) add('disordered', `seq ${seq} is at ${at + 1} of ${room}`)
    })
    const byText = new Map(log.map((one) => [one.message_data, one]))
    for (const talker of talkers) {
      const own = talker.sent.filter((sent) => sent.room === room)
      judgeSent(talker, own, byText, add)
      judgeHeard(talker, room, log, add)
    }
  }
  return verdict
}

type Add = (kind: (typeof kinds)[number], example: string) => void

function judgeSent(
  { kind, user }: Talker,
  sent: readonly Sent[],
  byText: ReadonlyMap<string, Stored>,
  add: Add,
): void {
  let before = 0
  for (const { text, outcome } of sent) {
    const stored = byText.get(text)
    if (outcome && '_id' in outcome && stored?._id !== outcome._id) add('lost', `${user}: ${text}`)
    if (kind === 'sdk' && (!outcome || 'problem' in outcome))
      add('undecided', `${user}: ${text}: ${outcome?.problem}`)
    if (kind !== 'sdk' || !stored) continue
    if (stored.seq < before) add('disordered', `${user}: ${text} overtook`)
    before = stored.seq
  }
}

function judgeHeard(talker: Talker, room: string, log: readonly Stored[], add: Add): void {
  const { kind, user, heard } = talker
  const own = heard.get(room)
  if (!own) return
  if (own.repeated > 0) add('repeated', `${user} was shown ${own.repeated} messages twice`)
  if (own.disordered > 0) add('disordered', `${user} was shown ${own.disordered} messages too late`)
  if (own.gaps > 0) add('disordered', `${user} was shown ${own.gaps} holes`)
  if (own.replaced > 0) add('falselyShown', `${user} was shown ${own.replaced} places with two messages`)
  for (const [seq, id] of own.ids)
    if (log[seq - 1]?._id !== id) add('falselyShown', `${user}: ${seq} of ${room}`)
  if (kind !== 'sdk') return
  const { rows, hasOlder } = talker.shown(room)
  // Whoever has come late begins with the newest page.
  const from = hasOlder ? log.length - rows.length : 0
  const expected = log.slice(from).map(({ seq, message_data }) => `${seq} ${message_data} sent`)
  const wrong = expected.findIndex((row, at) => row !== rows[at])
  if (rows.length !== expected.length || wrong >= 0)
    add('notLevel', `${user} shows "${rows[wrong]}" for "${expected[wrong]}" of ${room}, ${rows.length} rows`)
}
