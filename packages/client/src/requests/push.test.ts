import { expect, it } from 'vitest'
import { createConnection } from '../connection/connection.ts'
import { authOf } from '../testing/chat.ts'
import { createPushes } from './push.ts'

it('listens to the socket once however many listen, and not at all without a listener', () => {
  const connection = createConnection('http://127.0.0.1:9', authOf('ann'))
  const on = createPushes(connection)
  const onSocket = () => connection.socket.listeners('entries')
  const heard: unknown[] = []
  const listener = (push: unknown): void => void heard.push(push)
  const stops = [on.entries(listener), on.entries(listener)]
  expect(onSocket()).toHaveLength(1)

  const push = { stream: 'room:lobby', epoch: 'e', entries: [] }
  for (const data of [push, { ...push, unknown: 1 }, { ...push, entries: [{ seq: 'one' }] }, null])
    onSocket()[0]?.(data)
  expect(heard).toEqual([push, push, push, push])

  stops[0]?.()
  stops[0]?.()
  expect(onSocket()).toHaveLength(1)
  stops[1]?.()
  expect(onSocket()).toEqual([])
})

it('[CT3] drops what a push has beyond the contract, and ignores one that breaks it or is unknown', () => {
  const connection = createConnection('http://127.0.0.1:9', authOf('ann'))
  const heard: unknown[] = []
  createPushes(connection).entries((push) => heard.push(push))
  const receive = (event: string, data: unknown): void => {
    for (const listener of connection.socket.listeners(event)) listener(data)
  }
  const push = { stream: 'room:lobby', epoch: 'e', entries: [] }

  receive('entries', { ...push, of_a_later_version: 1 })
  receive('entries', { ...push, stream: 7 })
  receive('of_a_later_version', push)

  expect(heard).toEqual([push])
})
