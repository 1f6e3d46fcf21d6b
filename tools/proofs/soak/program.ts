// A crowd in a process of its own. It begins with one message, ends with the next, and then reports.

import { once } from 'node:events'
import { seeded } from '../stores/random.ts'
import type { CrowdOrders } from './crowd.ts'
import { Ledger } from './ledger.ts'
import { liveTogether } from './lives.ts'

const { rooms, seed } = JSON.parse(process.argv[2] ?? '') as CrowdOrders
const ledger = new Ledger()
let isOver = false

process.once('disconnect', () => process.exit(0))
process.send?.('ready')
const [{ url }] = (await once(process, 'message')) as [{ url: string }]
process.once('message', () => {
  isOver = true
})
await liveTogether({ url, ledger, rooms, random: seeded(seed), isOver: () => isOver })
process.send?.(ledger.report)
