import { once } from 'node:events'
import { type AddressInfo, connect, createServer } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { StoreUnavailableError } from '../store.ts'
import { toStoreError } from './errors.ts'

it('[MF1] takes a socket that the other side has ended for a store that is unavailable', async () => {
  const server = createServer((socket) => socket.end())
  onTestFinished(() => void server.close())
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
  await once(socket.resume(), 'end')
  const [error] = await Promise.all([once(socket, 'error'), socket.write('of the driver')]).then(
    ([found]) => found,
  )
  expect(error).toMatchObject({ message: 'This socket has been ended by the other party' })
  expect(toStoreError(error)).toBeInstanceOf(StoreUnavailableError)
  const mistake = new TypeError('a mistake')
  expect(toStoreError(mistake)).toBe(mistake)
})
