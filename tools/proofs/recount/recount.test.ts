import { afterAll, beforeAll, expect, it } from 'vitest'
import { Fleet } from '../chaos/fleet.ts'
import { recount } from './run.ts'

const timeout = 150_000

let fleet: Fleet
beforeAll(async () => {
  fleet = await Fleet.start({ program: 'source', nodes: 2, isHasty: true, headsMs: 1_000 })
}, timeout)
afterAll(() => fleet.stop())

it('counts what is unread, mentions, reactions and threads as the log has them, on two servers that are killed', {
  timeout,
}, async () => {
  const plan = { seed: 1, devices: 2, deeds: 500, calmDeeds: 60, killMs: 1_200, moveMs: 500 }
  const figures = await recount(fleet.nodes, plan)
  expect(figures.wrong).toEqual([])
  expect(figures.kills).toBeGreaterThan(0)
})
