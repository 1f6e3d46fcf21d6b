import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { startReceiver, webhookTo } from './support/receiver.ts'
import { ServerProcess, shop, startProcess, temporaryFolder } from './support/server-process.ts'
import { connectAs } from './support/sockets.ts'

async function run(env: Record<string, string>, ...args: string[]): Promise<Record<string, unknown>[]> {
  const command = new ServerProcess({ env, args })
  expect([await command.exited(), command.stderr]).toEqual([0, ''])
  const lines = command.stdout.split('\n').filter((line) => line.startsWith('{'))
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

it('[WH8] replays to a webhook of the executable by commands, with a server and without one, and loses nothing when it is killed', async () => {
  const receiver = await startReceiver()
  const env = { ...shop(temporaryFolder()), WEBHOOKS: JSON.stringify([webhookTo(receiver)]) }
  const workspace = { ...env, WORKSPACES: 'shop' }
  const [key] = await run(workspace, 'keys', 'create', '--scopes', 'webhooks')
  const server = await startProcess({ env })
  const online = { WORKSPACES: 'shop', DOWELLCHAT_URL: server.url, DOWELLCHAT_KEY: String(key?.secret) }
  const ann = await connectAs(server.url, 'ann')
  for (const message_data of ['one', 'two'])
    await ann.request('message_event', { room_id: 'r', message_data, cid: randomUUID() })
  await expect.poll(() => receiver.taken()).toEqual(['one', 'two'])
  const replayed = await run(online, 'webhooks', 'replay', 'hook', '--stream', 'room:r', '--seq', '1')
  expect(replayed).toEqual([{ webhook_id: 'hook', streams: 1 }])
  await expect.poll(() => receiver.taken()).toEqual(['one', 'two', 'two'])
  await server.stop('SIGTERM')
  expect(await run(workspace, 'webhooks', 'replay', 'hook', '--since', '2026-01-01')).toEqual([
    { webhook_id: 'hook', streams: 1 },
  ])
  const restarted = await startProcess({ env })
  await expect.poll(() => receiver.taken()).toEqual(['one', 'two', 'two', 'one', 'two'])

  // What it has acknowledged and could not deliver before it was killed comes from the next one.
  receiver.answer = (response) => void response.writeHead(503).end()
  const ben = await connectAs(restarted.url, 'ben')
  const texts = Array.from({ length: 20 }, (_, n) => `message ${n}`)
  for (const message_data of texts)
    await ben.request('message_event', {
      room_id: `r${texts.indexOf(message_data) % 3}`,
      message_data,
      cid: randomUUID(),
    })
  await restarted.stop('SIGKILL')
  receiver.answer = (response) => void response.writeHead(204).end()
  await startProcess({ env })
  for (const room of [0, 1, 2])
    await expect.poll(() => receiver.taken(`room:r${room}`)).toEqual(texts.filter((_, n) => n % 3 === room))
})
