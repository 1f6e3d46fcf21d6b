import { afterAll, beforeAll, expect, it } from 'vitest'
import { recount } from '../recount/run.ts'
import { Fleet } from './fleet.ts'
import { nodesWeather } from './nodes-weather.ts'
import { redisGone } from './redis-gone.ts'
import { truthOfClients } from './truth.ts'

const timeout = 300_000

let fleet: Fleet
beforeAll(async () => {
  fleet = await Fleet.start({ program: 'source', nodes: 2, isHasty: true, headsMs: 1_000 })
}, timeout)
afterAll(() => fleet.stop())

it('lets members on another server hear everything while Redis is gone, and those on the same one as always', {
  timeout,
}, async () => {
  const { phases } = await redisGone(fleet, { thereMs: 500, goneMs: 1_500, talkMs: 100 })
  expect(phases.map(({ lost }) => lost)).toEqual([0, 0, 0, 0, 0])
  for (const { phase, otherServers, sameServer } of phases) {
    expect(otherServers.max, phase).toBeLessThan(14_000)
    expect(sameServer.max, phase).toBeLessThan(10_000)
  }
})

it('shows the clients of a server that is killed, and those of another one, what is so', {
  timeout,
}, async () => {
  const rows = ['one: sent', 'three: sent', 'two: sent']
  expect(await truthOfClients(fleet)).toEqual({ rows: { ann: rows, ben: rows }, lies: [] })
})

it('counts what is unread, mentions, reactions and threads as the log has them, on two servers that are killed', {
  timeout,
}, async () => {
  const plan = { seed: 2, devices: 2, deeds: 180, calmDeeds: 20, kills: 1, moves: 4, isHasty: true }
  expect(await recount(fleet.nodes, plan)).toMatchObject({ wrong: [] })
})

it('loses, repeats and disorders nothing on two servers that are killed and frozen, while Redis hangs, dies and gets foreign bytes', {
  timeout,
}, async () => {
  const figures = await nodesWeather(fleet, {
    ...{ seed: 1, sdk: 5, plain: 2, devices: 1, isHasty: true, rooms: 2, loadMs: 5_000, talkMs: 200 },
    ...{ clientFaultMs: 0, serverFaultMs: 1_500, redisFaultMs: 300, moveMs: 500 },
  })
  expect(figures).toMatchObject({
    examples: [],
    problems: [],
    unfinishedStops: 0,
    undecided: 0,
    notLevel: 0,
    done: { wrong: [] },
  })
  expect(figures.faults.server).toMatchObject({
    'Redis hangs': expect.any(Number),
    'Redis gets foreign bytes': expect.any(Number),
    moved: expect.any(Number),
    SIGKILL: expect.any(Number),
  })
  expect(figures.accepted).toBeGreaterThan(50)
})
