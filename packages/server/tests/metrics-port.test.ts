import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { valueIn } from './support/metric-text.ts'
import { expectRefused } from './support/refusal.ts'
import { ServerProcess, shop, startProcess, temporaryFolder } from './support/server-process.ts'
import { connectAs, until } from './support/sockets.ts'

const noPromClient = new URL('support/no-prom-client.mjs', import.meta.url).href

it('[OM34] serves metrics on METRICS_PORT, on this machine alone, and says where', async () => {
  const { HOST: _, ...env } = shop(temporaryFolder(), { METRICS_PORT: '0' })
  const server = await startProcess({ env })
  await until(() => expect(server.stdout).toMatch(/Metrics are on http:\/\/127\.0\.0\.1:\d+\/metrics\n/))
  const url = /Metrics are on (\S+)/.exec(server.stdout)?.[1] ?? ''
  await connectAs(server.url, 'ann')
  const answer = await fetch(url)
  expect(answer.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/)
  const text = await answer.text()
  expect(valueIn(text, 'dowellchat_connections', { dialect: 'current' })).toBe(1)
  expect(text).toContain('process_cpu_user_seconds_total')
  for (const path of ['/health', '/ready']) expect((await fetch(new URL(path, url))).status).toBe(200)
  expect((await fetch(new URL('/', url))).status).toBe(404)
  expect((await fetch(`${server.url}/metrics`)).status).toBe(404)
  expect(await server.stop('SIGTERM')).toBe(0)
})

it('[OM34] serves metrics where HOST says', async () => {
  const server = await startProcess({
    env: shop(temporaryFolder(), { METRICS_PORT: '0', HOST: '127.0.0.2' }),
  })
  await until(() => expect(server.stdout).toMatch(/Metrics are on http:\/\/127\.0\.0\.2:\d+/))
})

it('[OM34] says what is wrong with METRICS_PORT', async () => {
  const folder = temporaryFolder()
  await expectRefused(
    { env: shop(folder, { METRICS_PORT: 'x' }) },
    /METRICS_PORT/,
    /expected a port from 0 to 65535/,
  )
  const taken = createServer().listen(0, '127.0.0.1')
  onTestFinished(() => void taken.close())
  await new Promise((resolve) => taken.once('listening', resolve))
  const { port } = taken.address() as AddressInfo
  await expectRefused(
    { env: shop(folder, { METRICS_PORT: `${port}` }) },
    /in use/,
    /set METRICS_PORT to another port/,
  )
})

it('[OM35] says what to install where prom-client is missing, and needs it for nothing else', async () => {
  const folder = temporaryFolder()
  await expectRefused(
    { env: shop(folder, { METRICS_PORT: '0' }), preload: noPromClient },
    /prom-client, which is not installed/,
    /npm install prom-client@15/,
  )
  await startProcess({ env: shop(folder), preload: noPromClient })
})

it('[OM36] says its version, and what was probably meant', async () => {
  const version = new ServerProcess({ args: ['--version'] })
  expect(await version.exited()).toBe(0)
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\S*\n$/)
  await expectRefused({ args: ['--page', 'dist'] }, /There is no option --page;/, /did you mean --pages\?/)
})
