import { expect, it } from 'vitest'
import { comeBack } from './comebacks.ts'
import { stopUnderLoad } from './under-load.ts'

const timeout = 300_000

it('[DR8] a server that is stopped under load answers each request, or a repetition finds it once', {
  timeout,
}, async () => {
  const figures = await stopUnderLoad({ program: 'source', runs: 5, senders: 16, seed: 1 })
  expect(figures).toMatchObject({ problems: [], refused: 0, storedUnanswered: 0 })
  expect(figures.answeredAfter).toBeGreaterThan(0)
})

it('[DR8] plain clients and the SDK come back at another server, behind a proxy', { timeout }, async () => {
  const figures = await comeBack({ program: 'source', plain: 40, sdk: 40 })
  expect(figures).toMatchObject({ problems: [], back: 80, level: 40, exitCode: 0 })
})
