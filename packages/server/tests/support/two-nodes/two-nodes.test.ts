import { expect, it, onTestFinished } from 'vitest'
import { startServer } from '../../../src/testing/index.ts'
import { askHttp } from '../http-ask.ts'
import { connect, serverUrl } from '../v2-client.ts'
import { openBalancer } from './balancer.ts'
import { inTurn } from './in-turn.ts'
import { embeddedStore, openPlace, placeOf } from './places.ts'

it('gives tests two servers in place of one, of which each connection goes to the other one', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const server = await startServer({ store })
  onTestFinished(() => server.close())
  expect(await store.nodes?.list()).toHaveLength(2)

  const [one, other] = [await startServer(), await startServer()]
  onTestFinished(() => Promise.all([one.close(), other.close()]).then(() => undefined))
  const balancer = await openBalancer([one.url, other.url])
  onTestFinished(() => balancer.close())
  const ready = `${balancer.url}/ready`
  await one.close()
  const answers = await Promise.allSettled([askHttp(ready), askHttp(ready)])
  expect(answers.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
})

it('lets a client that polls stay where it is', async () => {
  const url = await serverUrl()
  const clients = [await connect(url, {}, { transports: ['polling'] }), await connect(url)]
  for (const client of clients) await client.settle()
})

it('gives each call of a store to the other one', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  const [east, west] = [store, await openPlace(placeOf(store))]
  const calls: string[] = []
  const noted = (name: string, { topics, ...rest }: typeof east): typeof east => {
    const list: typeof topics.list = (...args) => {
      calls.push(name)
      return topics.list(...args)
    }
    return { ...rest, topics: { ...topics, list } }
  }
  const both = inTurn(noted('east', east), noted('west', west))
  onTestFinished(() => both.close())
  for (let n = 0; n < 4; n++) await both.topics.list('demo')
  expect(calls).toEqual(['east', 'west', 'east', 'west'])
})
