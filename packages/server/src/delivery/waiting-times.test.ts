import { expect, it, onTestFinished } from 'vitest'
import { keptLog } from '../../tests/support/kept-log.ts'
import type { Logger } from '../logger.ts'
import type { Change } from '../stores/store.ts'
import { WaitingTimes } from './waiting-times.ts'

type Announce = (...changes: Change[]) => Promise<void>

function openTimes(announce: Announce, logger: Logger = keptLog().logger): WaitingTimes {
  const times = new WaitingTimes({
    tickets: { listOpen: async () => [] },
    sockets: { push() {}, hasAny: () => false },
    changes: { on() {}, announce },
    rows: {
      ...{ server: 'east', areShared: true, note() {}, sendAgain() {}, onTicket() {} },
      sent: { now: () => 0, wasSentSince: () => false } as never,
    },
    logger,
    restMs: 1,
  })
  onTestFinished(() => times.stop())
  return times
}

/** The line managers whose lines were announced, in each call. */
function linesIn(calls: readonly Change[][]): (readonly string[])[] {
  return calls.map((changes) =>
    changes.flatMap((change) => (change.kind === 'lines_moved' ? change.line_managers : [])),
  )
}

it('[CC4] tells the other servers of lines that move while others are announced', async () => {
  const calls: Change[][] = []
  let release = (): void => undefined
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  const times = openTimes(async (...changes) => {
    calls.push(changes)
    if (calls.length === 1) await held
  })
  times.moved('demo', 'mia', 'a')
  await expect.poll(() => calls).toHaveLength(1)
  times.moved('demo', 'mia', 'b')
  times.moved('demo', 'max', 'c')
  release()
  await expect.poll(() => linesIn(calls)).toEqual([['mia'], ['mia', 'max']])
})

it('[CC4] tells them later of what could not be announced, and at its end of what is left', async () => {
  const calls: Change[][] = []
  const { logger, messages } = keptLog()
  const times = openTimes(async (...changes) => {
    calls.push(changes)
    if (calls.length > 2) return
    times.moved('demo', 'max', 'b')
    throw new Error('The disk is full')
  }, logger)
  times.moved('demo', 'mia', 'a')
  await expect.poll(() => linesIn(calls).slice(2).flat().toSorted()).toEqual(['max', 'mia'])
  expect(messages()).toEqual(['Other servers cannot be told that lines move'])
  times.moved('demo', 'eve', 'c')
  await times.stop()
  expect(linesIn(calls).at(-1)).toEqual(['eve'])
})
