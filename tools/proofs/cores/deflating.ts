import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { WebSocket } from 'ws'
import { usedDuring } from '../bench/cpu.ts'
import { sum } from '../bench/statistics.ts'
import { epoch, makeEntries, stream } from './messages.ts'
import type { Sizes } from './sizes.ts'

/** What a frame costs the server for each socket that it is sent to. */
export interface DeflatingCost {
  readonly frame: string
  readonly setting: string
  /** On the wire. */
  readonly bytes: number
  /** The frame's own length. */
  readonly plainBytes: number
  /** Microseconds of the thread that has the sockets, and of all threads. */
  readonly main: number
  readonly all: number
}

const settings = ['off', 'level 1', 'default']
const sockets = 50
const warmUp = 40
/** Frames that differ, and that are longer together than what a socket's compressor remembers. */
const variants = 80

/** The frames that most bytes are in. Their texts are made of words, as people's are. */
const frames: Readonly<Record<string, readonly string[]>> = {
  'entries, one message': Array.from({ length: variants }, () => push(1)),
  'entries, 16 messages': Array.from({ length: variants }, () => push(16)),
  'answer to a join, 50 messages': Array.from({ length: variants }, () => answer(50)),
}

function push(count: number): string {
  const entries = makeEntries(count).join(',')
  return `42["entries",{"stream":"${stream}","epoch":"${epoch}","entries":[${entries}]}]`
}

function answer(count: number): string {
  const page = `{"epoch":"${epoch}","entries":[${makeEntries(count).join(',')}],"more":true}`
  return `430[{"status":"success","data":${page}}]`
}

/** What frames to each of many sockets cost with permessage-deflate and without. */
export async function measureDeflating(size: Sizes): Promise<DeflatingCost[]> {
  const costs: DeflatingCost[] = []
  for (const setting of settings) costs.push(...(await measureSetting(setting, size.frames)))
  return costs
}

async function measureSetting(setting: string, times: number): Promise<DeflatingCost[]> {
  const server = fork(fileURLToPath(new URL('deflating-server.mjs', import.meta.url)), [setting])
  const [{ port }] = (await once(server, 'message')) as [{ port: number }]
  const clients: WebSocket[] = []
  for (let n = 0; n < sockets; n += 1) clients.push(await connect(port))
  const costs: DeflatingCost[] = []
  for (const [name, some] of Object.entries(frames)) {
    await send(server, some, warmUp)
    let bytes = 0
    const used = await usedDuring([server.pid as number], async () => {
      bytes = await send(server, some, times)
    })
    const each = (all: number) => all / times / sockets
    costs.push({
      frame: name,
      setting,
      bytes: each(bytes),
      plainBytes: sum(some.map((frame) => Buffer.byteLength(frame))) / variants,
      main: each(used.get(String(server.pid)) ?? 0),
      all: each(sum(used.values())),
    })
  }
  for (const client of clients) client.terminate()
  server.disconnect()
  return costs
}

async function connect(port: number): Promise<WebSocket> {
  const client = new WebSocket(`ws://127.0.0.1:${port}`)
  client.on('message', () => {})
  await once(client, 'open')
  return client
}

async function send(server: ChildProcess, frames: readonly string[], times: number): Promise<number> {
  server.send({ frames, times })
  const [{ bytes }] = (await once(server, 'message')) as [{ bytes: number }]
  return bytes
}
