import { expect, it } from 'vitest'
import { nodesWeather } from './nodes-weather.ts'
import { redisGone } from './redis-gone.ts'

const timeout = 150_000
const fleet = { program: 'source', nodes: 2, isHasty: true, headsMs: 1_000 } as const

it('loses, repeats and disorders nothing on two servers that are killed and frozen, while Redis hangs, dies and gets foreign bytes', {
  timeout,
}, async () => {
  const figures = await nodesWeather({
    ...fleet,
    ...{ seed: 1, sdk: 5, plain: 2, rooms: 2, loadMs: 7_000, talkMs: 200 },
    ...{ clientFaultMs: 0, serverFaultMs: 1_500, redisFaultMs: 300, moveMs: 500 },
  })
  console.log(JSON.stringify(figures, null, 1))
  expect(figures).toMatchObject({ examples: [], problems: [], undecided: 0, notLevel: 0 })
  expect(figures.faults.server).toMatchObject({
    'Redis hangs': expect.any(Number),
    'Redis gets foreign bytes': expect.any(Number),
    moved: expect.any(Number),
    SIGKILL: expect.any(Number),
  })
  expect(figures.accepted).toBeGreaterThan(50)
})

it('lets members on another server hear everything while Redis is gone, and those on the same one as always', {
  timeout,
}, async () => {
  const { phases } = await redisGone({ ...fleet, phaseMs: 3_000, talkMs: 100 })
  console.log(JSON.stringify(phases, null, 1))
  expect(phases.map(({ lost }) => lost)).toEqual([0, 0, 0, 0, 0])
  for (const { otherServers, sameServer } of phases) {
    expect(otherServers.max).toBeLessThan(10_000)
    expect(sameServer.max).toBeLessThan(5_000)
  }
})
