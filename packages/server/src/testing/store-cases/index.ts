import { appendCases } from './appends.ts'
import { callCases } from './calls.ts'
import { connectionCases } from './connections.ts'
import { fieldCases } from './fields.ts'
import { isolationCases } from './isolation.ts'
import { killCases } from './kills.ts'
import { pageCases } from './pages.ts'
import { registerCases } from './registers.ts'
import { retentionCases } from './retention.ts'
import type { StoreCase } from './store-case.ts'
import { ticketCases } from './tickets.ts'

/**
 * What every store must do, for whoever writes a driver. Each case wants a place of its own, empty at first:
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
 * where `writer.js` is `await writeUntilKilled(await myStore(process.argv[2]))`. A case closes what it opens. A store
 * leaves out cases by their flags: `reopens`, `shares`, `durable`.
 */
export const storeCases: readonly StoreCase[] = [
  ...appendCases,
  ...pageCases,
  ...retentionCases,
  ...callCases,
  ...registerCases,
  ...ticketCases,
  ...fieldCases,
  ...isolationCases,
  ...connectionCases,
  ...killCases,
]
