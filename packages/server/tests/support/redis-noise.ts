import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { createClient } from 'redis'

/** Random numbers from 0 to 1. */
type Random = () => number

const listensMs = 600
const mib = 1_048_576

/**
 * Fills a Redis with what no server of ours would say: bytes, huge texts, forged and mutilated messages, on every channel that
 * somebody hears, and on others. What is really said there is listened to first, and said again in pieces.
 * @returns how many texts it has published
 */
export async function makeNoise(url: string, random: Random, texts = 200): Promise<number> {
  const client = createClient({ url, socket: { reconnectStrategy: false } })
  client.on('error', () => {})
  await client.connect()
  try {
    const real = await overheard(url)
    const heard = await client.pubSubChannels()
    const channels = [...heard, ...heard.map((channel) => `${channel}2`), 'dowellchat', 'a foreign channel']
    for (let n = 0; n < texts; n++)
      await client.publish(channels[n % channels.length] ?? 'any', forged(random, real))
    for (let n = 0; n < 20; n++) await client.set(`foreign ${n}`, 'x'.repeat(mib / 4))
    return texts
  } finally {
    client.destroy()
  }
}

/** What is published within a moment, on all channels. */
async function overheard(url: string): Promise<string[]> {
  const texts: string[] = []
  const client = createClient({ url, socket: { reconnectStrategy: false } })
  client.on('error', () => {})
  await client.connect()
  await client.pSubscribe('*', (text) => texts.push(text))
  await pause(listensMs)
  client.destroy()
  return texts
}

const far = Number.MAX_SAFE_INTEGER

function envelope(random: Random, real: readonly string[], kind: string, data: unknown): string {
  const known = real.map((text) => /"from":"([^"]+)"/.exec(text)?.[1]).find((from) => from !== undefined)
  const from = known !== undefined && random() < 0.5 ? known : randomUUID()
  return JSON.stringify({ from, n: Math.floor(random() * 1e9), kind, data })
}

const forgeries: readonly ((random: Random, real: readonly string[]) => string)[] = [
  () => '',
  () => 'null',
  () => '[]',
  () => '['.repeat(100_000),
  (random) => String.fromCharCode(...Array.from({ length: 200 }, () => Math.floor(random() * 65_536))),
  () => 'x'.repeat(2 * mib),
  () => JSON.stringify(Array.from({ length: 100_000 }, (_, n) => n)),
  (random, real) => envelope(random, real, 'heads', { heads: [['shop', 'room:room 0', far]] }),
  (random, real) => envelope(random, real, 'heads', { heads: [['shop', 'room:room 1', 1]] }),
  (random, real) => envelope(random, real, 'heads', { heads: [['shop', 'room:room 0', -1]] }),
  (random, real) =>
    envelope(random, real, 'heads', {
      heads: Array.from({ length: 5_000 }, (_, n) => ['shop', `room:nowhere ${n}`, n]),
    }),
  (random, real) => envelope(random, real, 'heads', { heads: 'all' }),
  (random, real) => envelope(random, real, 'changes', {}),
  (random, real) => envelope(random, real, '__proto__', { heads: [] }),
  (random, real) => envelope(random, real, 'beat', {}),
  (random, real) => envelope(random, real, 'answer', { id: randomUUID(), data: { isHere: true } }),
  (random, real) => envelope(random, real, 'question', { id: randomUUID(), question: 'here', data: null }),
  (random, real) =>
    envelope(random, real, 'question', { id: randomUUID(), question: 'constructor', data: {} }),
  (random, real) => mutilated(random, said(random, real)),
  (random, real) => said(random, real).slice(0, -1),
  (random, real) => said(random, real),
]

function forged(random: Random, real: readonly string[]): string {
  const make = forgeries[Math.floor(random() * forgeries.length)]
  return make ? make(random, real) : ''
}

/** Something that was really said. */
function said(random: Random, real: readonly string[]): string {
  return real[Math.floor(random() * real.length)] ?? '{}'
}

function mutilated(random: Random, text: string): string {
  const at = Math.floor(random() * text.length)
  return text.slice(0, at) + String.fromCharCode(32 + Math.floor(random() * 90)) + text.slice(at + 1)
}

/** Ends all connections of a Redis, as an administrator can. */
export async function killClients(url: string): Promise<void> {
  const client = createClient({ url, socket: { reconnectStrategy: false } })
  client.on('error', () => {})
  await client.connect()
  for (const type of ['pubsub', 'normal'])
    await client.sendCommand(['CLIENT', 'KILL', 'TYPE', type, 'SKIPME', 'yes'])
  client.destroy()
}
