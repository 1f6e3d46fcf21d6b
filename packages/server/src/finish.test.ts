import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { closeStore, finish } from './finish.ts'
import type { Logger } from './logger.ts'

const past = performance.now()

it('waits for a store whose last calls take until their deadline, also where time is up', async () => {
  await expect(closeStore({ close: () => pause(2_000) }, past)).resolves.toBe(undefined)
})

it('gives up a store that does not close', async () => {
  await expect(closeStore({ close: () => new Promise(() => undefined) }, past)).rejects.toThrow(
    'could not be closed in time',
  )
})

it('says what it could not wait for, or what has failed', async () => {
  const lines: [object, string][] = []
  const logger: Logger = { info() {}, warn() {}, error: (...line) => void lines.push(line) }
  const done = async () => undefined
  await finish(past, logger, { requests: done, messages: () => new Promise(() => undefined), calls: done })
  const error = new Error('The disk is gone')
  await finish(past, logger, { requests: done, messages: () => Promise.reject(error) })
  expect(lines).toEqual([
    [{ waitsFor: 'messages' }, 'What was under way could not be finished in time'],
    [{ error, waitsFor: 'messages' }, 'What was under way could not be finished'],
  ])
})
