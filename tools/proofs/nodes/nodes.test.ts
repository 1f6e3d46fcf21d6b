import { expect, it } from 'vitest'
import { noMongo } from '../../../packages/server/tests/support/mongo.ts'
import { programCommand } from '../../../packages/server/tests/support/programs.ts'
import { noRedis } from '../../../packages/server/tests/support/redis-process.ts'
import { runNodes } from './run.ts'
import { sizesOf } from './shapes.ts'

const missing = noMongo ?? noRedis
const [, ...args] = programCommand('main')
const ours = { name: 'ours', args }

it.skipIf(missing)(
  'rooms over two nodes reach every member once, and two nodes that write to one room lose nothing',
  {
    timeout: 300_000,
  },
  async () => {
    const { rooms, calm, appends } = await runNodes({
      size: sizesOf('tiny'),
      ours,
      parts: ['rooms', 'appends'],
    })
    // Each round ends only when each message has reached each member, and fails if one comes twice.
    for (const { sides } of [...rooms, ...(calm ? [calm] : [])]) {
      expect(sides.map(({ side, nodesUs }) => [side, nodesUs.length])).toEqual([
        ['ours-2', 2],
        ['ours-1', 1],
        ['bare-2', 2],
        ['bare-1', 1],
      ])
    }
    expect(appends).toMatchObject([{ found: { missing: 0, doubled: 0, holes: 0, altered: 0 }, details: [] }])
  },
)
