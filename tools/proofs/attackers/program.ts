// Attackers in a process of their own. They begin when they are told to, and report when they have ended.

import { attack } from './attack.ts'
import type { Orders, Report } from './attackers.ts'
import { attackNames } from './attacks.ts'
import { fill } from './fill-sink.ts'

const orders = JSON.parse(process.argv[2] ?? '') as Orders

process.on('message', async () => {
  const run = orders.target === 'sink' ? fill : attack
  const reports = await Promise.all(
    orders.names.map(async (name): Promise<Report> => {
      const localAddress = `127.0.0.${10 + attackNames.indexOf(name)}`
      return { name, ...(await run({ ...orders, name, localAddress })) }
    }),
  )
  process.send?.({ reports })
})
process.on('disconnect', () => process.exit(0))
process.send?.({ ready: true })
