import { createHash } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it, onTestFinished, vi } from 'vitest'
import { Bucket } from '../src/attachments/s3/bucket.ts'
import { s3Attachments } from '../src/attachments/s3/s3-attachments.ts'
import { openHttp } from './support/own-http.ts'

const part = Buffer.alloc(1_000, 'x')
const parts = 8
const sha256 = createHash('sha256')
  .update(Buffer.alloc(part.length * parts, 'x'))
  .digest('hex')
const file = { workspace_id: 'demo', upload_id: 'u', type: 'text/plain', size: part.length * parts, sha256 }

/** A bucket that sends its files part by part, and no more than some of them. */
async function slowEndpoint(most: number): Promise<string> {
  async function send(response: ServerResponse): Promise<void> {
    response.writeHead(200, { etag: '"1"', 'content-length': file.size })
    for (let n = 0; n < most; n++) {
      response.write(part)
      await pause(500)
    }
  }
  const server = createServer(({ method }, response) => {
    if (method === 'GET') void send(response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function slowBucket(most: number) {
  const endpoint = await slowEndpoint(most)
  const keys = { accessKeyId: 'id', secretAccessKey: 'secret' }
  const attachments = s3Attachments({ endpoint, bucket: 'chat', ...keys, timeoutMs: 3_000 })
  await attachments.open({} as never)
  return attachments
}

it('[FI25] a bucket may take its time for a large file, as long as it goes on sending', async () => {
  const attachments = await slowBucket(parts)
  const { size } = file
  expect(await attachments.look(file, 10)).toMatchObject({ size, hasSha256: true })
})

it('[FI25] a bucket that sends nothing more is not waited for', async () => {
  const attachments = await slowBucket(2)
  const begun = performance.now()
  await expect(attachments.look(file, 10)).rejects.toThrow()
  expect(performance.now() - begun).toBeLessThan(20_000)
})

it('[FI25] a bucket whose answer is here, or wanted no more, is not timed any longer', async () => {
  const endpoint = await slowEndpoint(2)
  const keys = { bucket: 'chat', accessKeyId: 'id', secretAccessKey: 'secret' }
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const nobody = new Bucket({ endpoint: 'http://127.0.0.1:1', ...keys })
  await expect(nobody.open()).rejects.toThrow('does not answer')
  expect(vi.getTimerCount()).toBe(0)
  const bucket = new Bucket({ endpoint, ...keys })
  // Answered without a body.
  await bucket.open()
  expect(vi.getTimerCount()).toBe(0)
  const answer = await bucket.ask('GET', 'object')
  expect(vi.getTimerCount()).toBe(1)
  await answer.body?.cancel()
  await expect.poll(() => vi.getTimerCount()).toBe(0)
})

it('[FI24] says which rights the keys need, where a bucket hides whether it has an object', async () => {
  const { url: endpoint } = await openHttp((_, response) => void response.writeHead(403).end())
  const keys = { accessKeyId: 'id', secretAccessKey: 'secret' }
  const opening = s3Attachments({ endpoint, bucket: 'chat', ...keys }).open({} as never)
  await expect(opening).rejects.toThrow(/answers 403: .*s3:ListBucket/)
})
