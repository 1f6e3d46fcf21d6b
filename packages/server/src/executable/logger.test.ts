import { expect, it } from 'vitest'
import { createLogger } from './logger.ts'

function record(level?: Parameters<typeof createLogger>[0]) {
  const lines: Record<string, unknown>[] = []
  const logger = createLogger(level, { write: (line) => void lines.push(JSON.parse(line)) })
  return { lines, logger }
}

it('writes what an error says and where it comes from, and nothing that a driver put beside', () => {
  const { lines, logger } = record()
  const cause = Object.assign(new TypeError('no such column'), { parameters: ['a private text'] })
  logger.error({ error: new Error('The store failed', { cause }) }, 'A request failed')
  expect(lines).toMatchObject([
    {
      level: 50,
      msg: 'A request failed',
      error: {
        name: 'Error',
        message: 'The store failed',
        stack: expect.stringContaining('logger.test.ts'),
        cause: { name: 'TypeError', message: 'no such column' },
      },
    },
  ])
  expect(JSON.stringify(lines)).not.toContain('a private text')
})

it('writes debug lines at LOG_LEVEL=debug alone', () => {
  for (const level of ['debug', 'info', undefined] as const) {
    const { lines, logger } = record(level)
    logger.debug({ cid: 'c' }, 'request')
    expect(lines).toHaveLength(level === 'debug' ? 1 : 0)
  }
})
