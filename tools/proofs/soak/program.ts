// A crowd in a process of its own. It lives until it is told to end, and then reports.

import { seeded } from '../stores/random.ts'
import type { CrowdOrders } from './crowd.ts'
import { Ledger } from './ledger.ts'
import { liveTogether } from './lives.ts'

const { url, rooms, seed } = JSON.parse(process.argv[2] ?? '') as CrowdOrders
const ledger = new Ledger()
let isOver = false

process.once('message', () => {
  isOver = true
})
process.once('disconnect', () => process.exit(0))
await liveTogether({ url, ledger, rooms, random: seeded(seed), isOver: () => isOver })
process.send?.(ledger.report)
