import { Flood, type FloodPlan } from './flood.ts'
import type { FloodOrder } from './flooder.ts'

// A process of its own, so that what it does keeps nobody from measuring.
const flood = new Flood(JSON.parse(process.argv[2] ?? '') as FloodPlan)
process.on('message', (order: FloodOrder) => {
  if (order === 'start') flood.start()
  else flood.pause()
  process.send?.(flood.flooded)
})
process.once('disconnect', () => process.exit())
await flood.open()
process.send?.(flood.flooded)
