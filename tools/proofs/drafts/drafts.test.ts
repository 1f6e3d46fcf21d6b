import { expect, it, onTestFinished } from 'vitest'
import { raisedLimits } from '../../../packages/server/src/testing/start-server.ts'
import { describeTwoServers } from '../../../packages/server/tests/support/two-servers.ts'
import { type Act, killProgram, play, problemsOf, stopProgram } from './acts.ts'
import { local } from './author.ts'
import { Readers } from './readers.ts'

describeTwoServers(
  'what all readers of two servers see of an answer that is written bit by bit',
  ({ newUrl, open }) => {
    it('[PG2, PG9, PG20, PG21, PG33] is the same text in the end, once, however they and it are cut off', async () => {
      const servers = await open(newUrl(), 20_000, { limits: raisedLimits })
      const urls = servers.map(({ url }) => url)
      const key = { workspace_id: 'demo', api_key: 'demo-key' }
      const readers = await Readers.open({ urls, count: 10, perLink: 1, room: 'lobby', ...key })
      onTestFinished(() => readers.close())
      const place = { url: urls[0] as string, workspace: 'demo', key: 'demo-key', room: 'lobby' }
      const stage = { readers, place, begin: local, cutEveryMs: 150 }
      const size = { steps: 120, everyMs: 8 }
      const acts: Record<string, Act> = {
        'the program is killed': await play({ ...stage, seed: 1 }, size, killProgram(local)),
        'a reader stops it': await play(
          { ...stage, seed: 2 },
          { ...size, steps: 1_000 },
          stopProgram(readers, 40),
        ),
      }
      console.table(acts)
      expect(Object.entries(acts).flatMap(([name, act]) => problemsOf(name, act))).toEqual([])
      // Beside the messages, what was shown before they were there.
      const rows = Object.values(acts).map((act) => act.rows)
      expect(Math.max(...rows)).toBeGreaterThan(10)
    })
  },
  { withRedis: true },
)
