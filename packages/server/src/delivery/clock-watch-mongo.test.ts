import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { keptLog } from '../../tests/support/kept-log.ts'
import { type MongoServer, mongoKinds, newDatabaseUrl, noMongo } from '../../tests/support/mongo.ts'
import { mongoStore } from '../stores/mongo/index.ts'
import { ClockWatch } from './clock-watch.ts'

const dayMs = 24 * 60 * 60 * 1_000

describe.skipIf(noMongo)(`a server on MongoDB${noMongo ? `, which is not here: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  beforeAll(async () => {
    server = (await mongoKinds[0]?.start()) as MongoServer
  })
  afterAll(() => server.stop())

  it.each([
    [31, ['The clock is a day or more after the last use of the store'], true],
    [0, [], false],
    [-31, ['The clock of this machine is before the last use of the store'], false],
  ])(
    '[SD15] notices when it starts that its clock is %i days ahead of that of MongoDB',
    async (days, told, isDoubtful) => {
      vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * dayMs })
      onTestFinished(() => void vi.useRealTimers())
      const store = await mongoStore({ url: newDatabaseUrl(server), deadlineMs: 10_000 })
      onTestFinished(() => store.close())
      const { logger, messages } = keptLog()
      const clock = new ClockWatch({ usedUntil: store.usedUntil, logger })
      onTestFinished(() => clock.stop())
      expect(messages()).toEqual(told.map((text) => expect.stringContaining(text)))
      expect(clock.isDoubtful()).toBe(isDoubtful)
    },
  )
})
