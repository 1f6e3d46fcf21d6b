import { expect, it } from 'vitest'
import { createConnection } from './connection.ts'
import { createPushes } from './push.ts'

it('listens to the socket once however many listen, and not at all without a listener', () => {
  const connection = createConnection('http://127.0.0.1:9', { workspace_id: 'demo', user_id: 'ann' })
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
