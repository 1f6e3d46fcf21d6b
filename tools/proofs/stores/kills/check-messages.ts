import type { Message } from '../../../../packages/protocol/src/index.ts'
import type { Person } from '../person.ts'
import type { Findings } from './findings.ts'
import { History } from './history.ts'
import type { Sent } from './ledger.ts'

/** Every acknowledged message is in its room's log, where and as it was acknowledged. */
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

/** A message that somebody was told of is in the log, letter for letter. */
export function expectStored(
  histories: readonly History[],
  told: Message,
  how: 'acknowledged' | 'pushed',
  findings: Findings,
): void {
  const history = histories.find(({ room }) => told.stream === `room:${room}`)
  const stored = history?.byCid.get(told.cid)
  findings.expect(stored !== undefined, 'missing', () => `${how}, not stored: ${JSON.stringify(told)}`)
  if (!stored) return
  const isSame = JSON.stringify(stored) === JSON.stringify(told)
  findings.expect(isSame, 'altered', () => `${how} ${JSON.stringify(told)}, stored ${JSON.stringify(stored)}`)
}

/** Every message that was ever sent is there once, and nothing else. */
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

/** Whoever reads everything from the beginning finds what was read piece by piece after each kill. */
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
