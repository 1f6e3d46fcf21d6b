import { appendCases } from './appends.ts'
import { callCases } from './calls.ts'
import type { StoreCase } from './making.ts'
import { pageCases } from './pages.ts'
import { registerCases } from './registers.ts'
import { ticketCases } from './tickets.ts'

/** What every store must do. */
export const storeCases: readonly StoreCase[] = [
  ...appendCases,
  ...pageCases,
  ...callCases,
  ...registerCases,
  ...ticketCases,
]
