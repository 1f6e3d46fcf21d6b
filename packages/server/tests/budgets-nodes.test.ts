import { expect, it } from 'vitest'
import type { TestSocket } from '../src/testing/connect.ts'
import { testWorkspaces } from '../src/testing/start-server.ts'
import { withLimits } from './support/attacks.ts'
import { until } from './support/sockets.ts'
import { describeTwoServers } from './support/two-servers.ts'

const burst = 60
const perSecond = 60
const seconds = 10
const other = { workspace_id: 'other', api_key: 'other-key' }
/** In one the users are short of points, in the other the workspace. */
const workspaces = testWorkspaces.map((one) =>
  one.id === other.workspace_id
    ? { ...one, limits: { workspacePoints: burst, workspacePointsPerSecond: perSecond } }
    : { ...one, limits: { userPoints: burst, userPointsPerSecond: perSecond } },
)
const rich = { socketPoints: 1e6, socketPointsPerSecond: 1e6, addressPoints: 1e6, refusedRequests: 1e6 }

/** Sends one-point requests as fast as they are answered, until a time; answers how many were done. */
async function send(socket: TestSocket, until: number): Promise<number> {
  let done = 0
  while (performance.now() < until) {
    const answer = await socket.ask('leave', { room: 'r' })
    if (answer.status === 'success') done += 1
    else await new Promise((resolve) => setTimeout(resolve, Math.min(answer.error.retry_after_ms ?? 0, 500)))
  }
  return done
}

/** How many requests are done at both servers together. */
async function sendAtBoth(sockets: readonly TestSocket[]): Promise<number> {
  const end = performance.now() + seconds * 1_000
  const done = await Promise.all(sockets.map((socket) => send(socket, end)))
  return done.reduce((sum, one) => sum + one, 0)
}

/** What one server allows, and what two do that count for themselves. */
const [allowed, twice] = [burst + perSecond * seconds, 2 * (burst + perSecond * seconds)]
/** One more burst, what was taken in the second until it was told, and three seconds more that a busy machine tells it later. */
const shared = allowed + burst + 4 * perSecond
if (shared > twice * 0.75) throw new Error('Two that count for themselves would not be noticed')

describeTwoServers(
  'budgets of two servers on one Redis',
  ({ newUrl, open }) => {
    it('[NQ2] hold a user, and a workspace, to one rate, whichever servers are used', async () => {
      const servers = await open(newUrl(), 10_000, { ...withLimits(rich), workspaces })
      const [east, west] = servers
      await until(async () => {
        for (const { server } of servers)
          expect((await server.ready()).servers).toEqual({ others: 1, redis: 'connected' })
      })
      const ann = [await east.connect('ann'), await west.connect('ann')]
      const others = [await east.connect('ben', other), await west.connect('cem', other)]
      const done = await Promise.all([sendAtBoth(ann), sendAtBoth(others)])
      for (const one of done) {
        expect(one).toBeLessThan(shared)
        expect(one).toBeGreaterThan(allowed / 2)
      }
    })
  },
  { withRedis: true },
)
