import { expect, it } from 'vitest'
import { attackNames } from './attacks.ts'
import { attackScene, budgetOf } from './scene.ts'

const durationMs = 3_000

it('[HO3] refuses and closes seven attackers at once, each in its way, and answers everybody else', {
  timeout: 300_000,
}, async () => {
  const options = {
    names: attackNames,
    durationMs,
    program: 'source',
    isOneProcess: true,
    quietMs: 200,
  } as const
  const { reports, during, after, messages, tickets, problems } = await attackScene(options)
  expect(problems).toEqual([])
  expect(during.asked).toBeGreaterThan(0)
  expect(Math.max(during.maxMs, after.maxMs)).toBeLessThan(20_000)
  // One that reads nothing is not told, and one that only connects was not let in a second time.
  const untold = reports.filter(({ toldMs, longestMs }) => toldMs === undefined && longestMs === 0)
  expect(untold).toEqual([])
  const budget = budgetOf(durationMs + during.maxMs)
  expect(messages).toBeLessThanOrEqual(budget.messages)
  expect(tickets).toBeLessThanOrEqual(budget.tickets)
})
