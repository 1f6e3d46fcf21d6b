import { afterAll, vi } from 'vitest'

// For files that share a process. Not after each test: some replace a thing for all of their tests.
afterAll(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  vi.unstubAllGlobals()
  vi.unstubAllEnvs()
})
