import { expect, it } from 'vitest'
import { noMongo } from '../../../packages/server/tests/support/mongo.ts'
import { noRedis } from '../../../packages/server/tests/support/redis-process.ts'
import { noNginx } from './nginx.ts'
import { rollingRestart } from './rolling.ts'

const missing = noMongo ?? noRedis ?? noNginx

it.skipIf(missing)(
  `[DP2, DP5] a rolling restart under traffic loses and doubles nothing, and everybody is back${missing ? `, which needs: ${missing}` : ''}`,
  { timeout: 300_000 },
  async () => {
    const size = { clients: 40, rooms: 4, households: 8, messagesPerSecond: 20, rounds: 1 }
    const figures = await rollingRestart({ program: 'source', ...size, seed: 1 })
    expect(figures).toMatchObject({
      ...{ problems: [], back: 40, lost: 0, doubled: 0, unanswered: 0, notLevel: 0, exitCodes: [0, 0] },
    })
    expect(figures.sent).toBeGreaterThan(20)
    // Everybody has been away at least once.
    expect(figures.dark.all.absences).toBeGreaterThanOrEqual(40)
  },
)
