import { expect, it } from 'vitest'
import { askHttp } from './support/http-ask.ts'
import { valueIn } from './support/metric-text.ts'
import { shop, startProcess, temporaryFolder } from './support/server-process.ts'
import { message } from './support/shop-floor.ts'
import { connectAs } from './support/sockets.ts'
import { breakDisk, needStrace } from './support/strace.ts'

interface Line {
  readonly level: number
  readonly msg: string
  readonly request?: string
  readonly err?: { readonly type: string; readonly message: string; readonly stack: string }
}

async function readyAt(url: string) {
  const { status, body } = await askHttp(`${url}/ready?from=a-probe`)
  return { status, codes: JSON.parse(body).reasons.map(({ code }: { code: string }) => code) }
}

it('[OM2, OM20] says of a full disk that it is not ready, logs it once, and goes on when there is room', async (test) => {
  await needStrace(test)
  const server = await startProcess({ env: shop(temporaryFolder(), { METRICS_PORT: '0' }) })
  const metricsUrl = /Metrics are on (\S+)/.exec(server.stdout)?.[1] ?? ''
  const ann = await connectAs(server.url, 'ann')
  expect(await readyAt(server.url)).toEqual({ status: 200, codes: [] })

  const repair = await breakDisk(server.pid, 'full')
  const ids: string[] = []
  for (let n = 0; n < 20; n++) {
    const answer = await ann.ask('message_event', message('no room'))
    expect(answer).toMatchObject({ error: { code: 'unavailable' } })
    ids.push((answer as { error: { details: { request_id: string } } }).error.details.request_id)
  }
  await expect.poll(() => readyAt(server.url)).toEqual({ status: 503, codes: ['store'] })
  expect(await askHttp(`${server.url}/health?from=a-probe`)).toMatchObject({ status: 200 })
  const { body } = await askHttp(metricsUrl)
  expect(valueIn(body, 'dowellchat_store_failures_total', { operation: 'streams.append' })).toBe(20)
  expect(valueIn(body, 'dowellchat_requests_total', { result: 'unavailable' })).toBe(20)
  expect(valueIn(body, 'dowellchat_ready')).toBe(0)

  await repair()
  await expect.poll(() => readyAt(server.url)).toMatchObject({ status: 200 })
  expect(await ann.ask('message_event', message('room'))).toMatchObject({ status: 'success' })
  expect(await server.stop('SIGTERM')).toBe(0)
  const lines = server.stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  const failed = lines.filter(({ msg }) => msg === 'A request failed')
  expect(failed).toHaveLength(2)
  expect(failed[0]).toMatchObject({
    level: 50,
    request: ids[0],
    err: { type: 'StoreUnavailableError', message: expect.stringMatching(/full/), stack: expect.any(String) },
  })
  expect(failed[1]).toMatchObject({ repeated: 19, requests: ids.slice(1) })
})

it('[OM2] says of a disk that hangs that it is not ready, and is alive', async (test) => {
  await needStrace(test)
  const env = shop(temporaryFolder(), { LIMITS: 'storeMs=1000' })
  const server = await startProcess({ env })
  const ann = await connectAs(server.url, 'ann')
  await breakDisk(server.pid, 'hang')
  expect(await ann.ask('message_event', message('never written'))).toMatchObject({
    error: { code: 'unavailable' },
  })
  await expect.poll(() => readyAt(server.url)).toEqual({ status: 503, codes: ['store'] })
  expect(await askHttp(`${server.url}/health`)).toMatchObject({ status: 200 })
})
