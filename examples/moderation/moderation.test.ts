import { randomUUID } from 'node:crypto'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { BeforeMessage } from '@dowellchat/server'
import { expect, it, onTestFinished, vi } from 'vitest'
import { openChat } from '../../packages/server/src/testing/connect.ts'
import { all, withoutForeignLinks, withoutWords } from './rules.ts'
import { askService } from './service.ts'

/** What becomes of texts that somebody sends: the stored text, or why it was refused. */
async function saidBy(beforeMessage: BeforeMessage, role = 'customer') {
  const chat = await openChat(onTestFinished, {
    beforeMessage,
    // A slow machine is no slow service.
    limits: { beforeMessageMs: 20_000 },
  })
  const ann = await chat.connect('ann', { role })
  return async (message_data: string): Promise<unknown> => {
    const answer = await ann.ask('message_event', { room_id: 'r', message_data, cid: randomUUID() })
    return answer.status === 'success' ? (answer.data as { message_data: string }).message_data : answer.data
  }
}

it('refuses words, and takes foreign links out of what customers write', async () => {
  const rules = all(withoutWords(['Darn']), withoutForeignLinks(['chat.example']))
  const say = await saidBy(rules)
  expect(await say('well, DARN!')).toBe('Please write it without the word “darn”')
  expect(await say('darning socks')).toBe('darning socks')
  expect(await say('see https://chat.example/help and http://evil.example/x')).toBe(
    'see https://chat.example/help and [link removed]',
  )
  const sayAsAgent = await saidBy(rules, 'agent')
  expect(await sayAsAgent('see http://other.example')).toBe('see http://other.example')
})

async function service(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

it('asks a moderation service', async () => {
  const url = await service(async (request, response) => {
    const { text } = JSON.parse(Buffer.concat(await request.toArray()).toString()) as { text: string }
    const allowed = !text.includes('spam')
    response.end(JSON.stringify({ allowed, ...(!allowed && { reason: 'No advertising, please' }) }))
  })
  const say = await saidBy(askService({ url, whenDown: 'refuse', timeoutMs: 20_000 }))
  expect([await say('hello'), await say('buy spam')]).toEqual(['hello', 'No advertising, please'])
})

it('decides by itself where the service is slow, and leaves one alone that keeps failing', async () => {
  const asked = vi.spyOn(globalThis, 'fetch')
  onTestFinished(() => asked.mockRestore())
  const url = await service(() => {})
  const say = await saidBy(askService({ url, whenDown: 'refuse', timeoutMs: 100, mostFailures: 2 }))
  for (let n = 0; n < 4; n++)
    expect(await say('hello')).toBe('Messages cannot be checked now. Try again in a minute.')
  expect(asked).toHaveBeenCalledTimes(2)
  const broken = await service((_, response) => void response.writeHead(500).end())
  const sayAnyway = await saidBy(askService({ url: broken, whenDown: 'allow' }))
  expect(await sayAnyway('hello')).toBe('hello')
})
