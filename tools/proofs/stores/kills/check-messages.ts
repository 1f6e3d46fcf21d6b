import type { Message } from '../../../../packages/protocol/src/index.ts'
import type { Person } from '../person.ts'
import type { Findings } from './findings.ts'
import { History } from './history.ts'
import type { Sent } from './ledger.ts'

/** Checks that every acknowledged message is in its room's log, unchanged and in its place. */
export function expectAcknowledged(
  histories: readonly History[],
  sent: readonly Sent[],
  findings: Findings,
): void {
  for (const { answer, cid, author, message_data } of sent) {
    if (!answer) continue
    expectStored(histories, answer, 'acknowledged', findings)
    const isMine = answer.cid === cid && answer.author === author && answer.message_data === message_data
    findings.expect(isMine, 'altered', () => `${cid} was answered with ${JSON.stringify(answer)}`)
  }
}

/** Checks that an acknowledged or pushed message is in the log, letter for letter. */
export function expectStored(
  histories: readonly History[],
  message: Message,
  how: 'acknowledged' | 'pushed',
  findings: Findings,
): void {
  const history = histories.find(({ room }) => message.stream === `room:${room}`)
  const stored = history?.byCid.get(message.cid)
  findings.expect(stored !== undefined, 'missing', () => `${how}, not stored: ${JSON.stringify(message)}`)
  if (!stored) return
  const isSame = JSON.stringify(stored) === JSON.stringify(message)
  findings.expect(
    isSame,
    'altered',
    () => `${how} ${JSON.stringify(message)}, stored ${JSON.stringify(stored)}`,
  )
}

/** Checks that every message sent so far is there once, and nothing else. */
export function expectEachOnce(
  histories: readonly History[],
  sent: readonly Sent[],
  findings: Findings,
): void {
  for (const history of histories) {
    const ofRoom = sent.filter(({ room }) => room === history.room)
    for (const { cid } of ofRoom) {
      findings.expect(
        history.byCid.has(cid),
        'missing',
        () => `${cid} was retried, and is not in ${history.room}`,
      )
    }
    const rows = history.entries.length
    findings.expect(rows <= ofRoom.length, 'doubled', () => {
      return `${history.room} has ${rows} messages of ${ofRoom.length} that were sent`
    })
  }
}

/** Checks that reading from the beginning finds the same as the reads after each kill. */
export async function expectSameFromTheBeginning(
  reader: Person,
  histories: readonly History[],
  findings: Findings,
): Promise<void> {
  for (const known of histories) {
    const fresh = new History(known.room)
    await fresh.readOn(reader, findings)
    findings.expect(fresh.entries.length === known.entries.length, 'missing', () => {
      return `${known.room} has ${fresh.entries.length} messages, and had ${known.entries.length}`
    })
    for (const [at, entry] of known.entries.entries()) {
      const isSame = JSON.stringify(fresh.entries[at]) === JSON.stringify(entry)
      findings.expect(isSame, 'altered', () => `${known.room} has lost or altered ${JSON.stringify(entry)}`)
    }
  }
}
