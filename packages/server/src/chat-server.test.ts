import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { io } from 'socket.io-client'
import { expect, it, onTestFinished } from 'vitest'
import { startServer } from './testing/index.ts'

it('attaches to a server of the caller’s, and leaves that running when it closes', async () => {
  const http = createServer((_request, response) => response.end('the caller’s own page'))
  onTestFinished(() => void http.close())
  const chat = await startServer({ http })
  expect(chat.url).toBe('')
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  expect(chat.url).toBe(url)

  const open = () => {
    const socket = io(url, { forceNew: true, reconnection: false })
    onTestFinished(() => void socket.close())
    return socket
  }
  const socket = open()
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  const isEnded = new Promise((resolve) => socket.once('disconnect', resolve))
  await chat.close()
  await isEnded

  expect(await (await fetch(url)).text()).toBe('the caller’s own page')
  const refused = await new Promise<Error>((resolve) => open().once('connect_error', resolve))
  expect(refused).toMatchObject({ data: { code: 'unavailable', retryable: true } })
})
