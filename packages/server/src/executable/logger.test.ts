import { expect, it } from 'vitest'
import { createLogger } from './logger.ts'

function record(level?: Parameters<typeof createLogger>[0]) {
  const lines: Record<string, unknown>[] = []
  const logger = createLogger(level, { write: (line) => void lines.push(JSON.parse(line)) })
  return { lines, logger }
}

it('[OM22] never writes the values of fields that have credentials, texts or signals', () => {
  const { lines, logger } = record('debug')
  const secret = 'a canary of the redaction'
  for (const name of ['auth', 'token', 'api_key', 'authorization', 'cookie', 'guest_token', 'signalData'])
    logger.debug({ [name]: secret, headers: { [name]: secret }, kept: 'kept' }, 'request')
  expect(lines).toHaveLength(7)
  for (const line of lines) expect(line).toMatchObject({ kept: 'kept' })
  expect(JSON.stringify(lines)).not.toContain(secret)
})

it('[OM21] shows an error under either name', () => {
  const { lines, logger } = record()
  for (const name of ['error', 'err']) logger.error({ [name]: new TypeError('full') }, 'A request failed')
  expect(lines).toMatchObject([
    { err: { type: 'TypeError', message: 'full', stack: expect.stringContaining('logger.test.ts') } },
    { err: { type: 'TypeError', message: 'full', stack: expect.stringContaining('logger.test.ts') } },
  ])
})

it('writes debug lines at LOG_LEVEL=debug alone', () => {
  for (const level of ['debug', 'info', undefined] as const) {
    const { lines, logger } = record(level)
    logger.debug({ cid: 'c' }, 'request')
    expect(lines).toHaveLength(level === 'debug' ? 1 : 0)
  }
})
