import { appendCases } from './appends.ts'
import { attendanceCases } from './attendance.ts'
import { auditCases } from './audit.ts'
import { callCases } from './calls.ts'
import { cannedAnswerCases } from './canned-answers.ts'
import { changeCases } from './changes.ts'
import { connectionCases } from './connections.ts'
import { deliveryCases } from './deliveries.ts'
import { endCases } from './ends.ts'
import { fieldCases } from './fields.ts'
import { isolationCases } from './isolation.ts'
import { keyCases } from './keys.ts'
import { killCases } from './kills.ts'
import { limitCases } from './limits.ts'
import { lineCases } from './lines.ts'
import { mentionCases } from './mentions.ts'
import { messageChangeCases } from './message-changes.ts'
import { moderationCases } from './moderation.ts'
import { moveCases } from './moves.ts'
import { pageCases } from './pages.ts'
import { personalCases } from './personal.ts'
import { readerCases } from './readers.ts'
import { registerCases } from './registers.ts'
import { removingCases } from './removing.ts'
import { retentionCases } from './retention.ts'
import { revocationCases } from './revocations.ts'
import { roomCases } from './rooms.ts'
import { searchCases } from './search.ts'
import { shareLinkCases } from './share-links.ts'
import type { StoreCase } from './store-case.ts'
import { threadCases } from './threads.ts'
import { ticketDetailCases } from './ticket-details.ts'
import { ticketCases } from './tickets.ts'
import { uploadCases } from './uploads.ts'
import { userCases } from './users.ts'

/**
 * The rules that every store must keep, as cases for the authors of drivers. Each case needs its own empty place:
 *
 * ```ts
 * for (const { title, run } of storeCases) {
 *   test(title, async () => {
 *     const folder = await mkdtemp('store-')
 *     await run(() => myStore(folder), [process.execPath, 'writer.js', folder])
 *   })
 * }
 * ```
 *
 * where `writer.js` is `await writeUntilKilled(await myStore(process.argv[2]))`. A case closes what it opens. Skip the
 * cases whose flags (`reopens`, `shares`, `durable`) ask for what your store does not promise.
 */
export const storeCases: readonly StoreCase[] = [
  ...appendCases,
  ...pageCases,
  ...mentionCases,
  ...retentionCases,
  ...searchCases,
  ...removingCases,
  ...messageChangeCases,
  ...personalCases,
  ...callCases,
  ...registerCases,
  ...threadCases,
  ...ticketCases,
  ...moveCases,
  ...attendanceCases,
  ...ticketDetailCases,
  ...cannedAnswerCases,
  ...shareLinkCases,
  ...lineCases,
  ...limitCases,
  ...uploadCases,
  ...userCases,
  ...keyCases,
  ...auditCases,
  ...revocationCases,
  ...changeCases,
  ...roomCases,
  ...readerCases,
  ...endCases,
  ...deliveryCases,
  ...moderationCases,
  ...fieldCases,
  ...isolationCases,
  ...connectionCases,
  ...killCases,
]
