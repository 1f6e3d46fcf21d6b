import { expect, it } from 'vitest'
import { AllLimits, defaultLimits, type LimitOptions } from './limits.ts'

it('[LI1] takes limits of the server and of a workspace, and keeps the defaults of the others', () => {
  const limits = new AllLimits({ userPoints: 5 }, [{ id: 'shop', limits: { userPoints: 7 } }, { id: 'demo' }])
  expect(limits.server).toEqual({ ...defaultLimits, userPoints: 5 })
  expect(limits.of('demo').userPoints).toBe(5)
  expect(limits.of('shop')).toEqual({ ...defaultLimits, userPoints: 7 })
})

it.each([
  [{ userPoint: 5 } as LimitOptions, /limits: userPoint is not among .*userPoints/],
  [{ userPoints: 0 }, /limits: userPoints: expected a whole number from 1 on, got 0/],
  [{ userPoints: 1.5 }, /got 1.5/],
  [{ userPoints: Number.POSITIVE_INFINITY }, /got Infinity/],
  [{ uploadMs: 2_147_483_648 }, /limits: uploadMs: expected at most 2147483647 milliseconds, got 2147483648/],
])('[LI1] refuses %j at the start', (options, problem) => {
  expect(() => new AllLimits(options)).toThrow(problem)
})

it('[LI1] takes as many milliseconds as timers do', () => {
  expect(new AllLimits({ uploadMs: 2_147_483_647 }).server.uploadMs).toBe(2_147_483_647)
})

it('[LI1] refuses a limit that only the server has, in a workspace', () => {
  const limits = { storeMs: 5 } as never
  expect(() => new AllLimits({}, [{ id: 'shop', limits }])).toThrow(
    /workspaces: shop: limits: storeMs is not among/,
  )
})
