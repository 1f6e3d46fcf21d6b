import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { mongoStore } from '../src/stores/mongo/index.ts'
import { openChat, type TestSocket } from '../src/testing/connect.ts'
import { type MongoServer, mongoKinds, newDatabase, noMongo } from './support/mongo.ts'
import { type MongoProxy, startMongoProxy } from './support/mongo-proxy.ts'
import { accepted, answer, callTo, ended, rings } from './support/phones.ts'
import { until } from './support/sockets.ts'

const kind = mongoKinds.at(-1)
// The failures are meant.
const logger = { info: () => {}, warn: () => {}, error: () => {} }

describe.skipIf(noMongo)(`a call whose store lost an answer${noMongo ? `: ${noMongo}` : ''}`, () => {
  let server: MongoServer
  let proxy: MongoProxy
  beforeAll(async () => {
    // A server alone, for which the driver repeats nothing by itself.
    if (!kind) throw new Error('There is no kind of server')
    server = await kind.start()
    proxy = await startMongoProxy(server)
  })
  afterAll(async () => {
    proxy.close()
    await server.stop()
  })

  /** The next such command is done, and its answer is lost. */
  function loseOne(command: string): void {
    let isOver = false
    proxy.set(({ name, document }) => {
      if (isOver || name !== command || document[name] !== 'calls') return undefined
      isOver = true
      return 'cut after'
    })
  }

  /** Asks until there is an answer; the first try has none. */
  async function insist(socket: TestSocket, request: 'callUser' | 'answerCall' | 'endCall', payload: object) {
    // Each payload is the request's own.
    const ask = () => socket.ask(request, payload as never)
    const first = await ask()
    expect(first).toMatchObject({ status: 'failure', error: { code: 'unavailable' } })
    let last = first
    await until(async () => {
      last = await ask()
      expect(last).toMatchObject({ status: 'success' })
    })
    return (last as { data: { callId: string } }).data
  }

  it('[MF7] rings, is answered and ends for the others when its steps are repeated, once', {
    timeout: 300_000,
  }, async () => {
    const url = `mongodb://127.0.0.1:${proxy.port}/?directConnection=true`
    const store = await mongoStore({ url, database: newDatabase() })
    const chat = await openChat(onTestFinished, { store, keyPepper: 'a pepper of the tests', logger })
    const [ann, bob] = [await chat.connect('ann'), await chat.connect('bob')]

    loseOne('insert')
    const call = callTo('bob')
    const { callId } = await insist(ann, 'callUser', call)
    expect(await bob.heard(1)).toEqual([rings(callId, 'ann')])
    expect(await ann.request('callUser', call)).toEqual({ callId })

    loseOne('update')
    await insist(bob, 'answerCall', { callId, signal: answer })
    expect(await ann.heard(1)).toEqual([accepted(callId)])
    await bob.request('answerCall', { callId, signal: answer })

    loseOne('update')
    await insist(bob, 'endCall', { callId })
    expect(await ann.heard(1)).toEqual([ended(callId, 'hung_up')])
    await bob.request('endCall', { callId })
    expect(await bob.heard()).toEqual([])
    expect(await ann.heard()).toEqual([])
  })
})
