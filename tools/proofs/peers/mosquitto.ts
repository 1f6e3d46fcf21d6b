import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { connect as connectSocket } from 'node:net'
import { join } from 'node:path'
import { MqttClient } from 'mqtt'
import { freePort } from '../../../packages/server/tests/support/free-port.ts'
import { ignore, type Member, numberIn, payloadOf } from './load.ts'
import { type Connect, peerServer } from './peer.ts'
import { environment, startProcess } from './process.ts'
import type { About, Entrant, Server } from './server.ts'

const program = 'mosquitto'

export function mosquittoVersion(): string | undefined {
  const { stdout } = spawnSync(program, ['-h'], { env: environment, encoding: 'utf8' })
  return /mosquitto version (\S+)/.exec(stdout ?? '')?.[1]
}

const note =
  'QoS 1 both ways; its PUBACK. Kept for one who is away; persistence is on, and writes every 30 minutes.'

export function mosquitto(version: string, folder: string): Entrant[] {
  const about: About = { key: 'Mosquitto', version, kept: 'in memory', note }
  return [{ about, start: () => start(about, mkdtempSync(join(folder, 'mosquitto-'))) }]
}

/** Messages in flight and waiting are not limited: by default it drops those beyond a thousand. */
const config = (port: number, folder: string) => `
listener ${port} 127.0.0.1
allow_anonymous true
user root
persistence true
persistence_location ${folder}/
autosave_interval 1800
max_inflight_messages 0
max_queued_messages 0
set_tcp_nodelay true
log_type error
`

async function start(about: About, folder: string): Promise<Server> {
  const port = await freePort()
  const file = join(folder, 'mosquitto.conf')
  writeFileSync(file, config(port, folder))
  const process = await startProcess([program, '-c', file], { port })
  await subscribeAndLeave(port)
  return peerServer(about, process, connectOn(port))
}

/** A message without subscribers is thrown away. One who has been here and will come back makes the broker keep all. */
async function subscribeAndLeave(port: number): Promise<void> {
  const client = await open(port, { clientId: 'keeper', clean: false })
  await client.subscribeAsync('room/#', { qos: 1 })
  await client.endAsync()
}

function connectOn(port: number): Connect {
  return async (room, does) => {
    const client = await open(port, {})
    const topic = `room/${room}`
    const member: Member = {
      onMessage: ignore,
      send: (number) => client.publishAsync(topic, payloadOf(room, number), { qos: 1 }),
      close: () => client.endAsync(),
    }
    client.on('message', (_topic, payload) => member.onMessage(numberIn(payload)))
    if (does === 'send and receive') await client.subscribeAsync(topic, { qos: 1 })
    return member
  }
}

function open(port: number, options: { clientId?: string; clean?: boolean }): Promise<MqttClient> {
  return new Promise((resolve, reject) => {
    // With Nagle's algorithm, a small acknowledgement would hold up the next message for 40 ms.
    const socket = () => connectSocket({ port, host: '127.0.0.1', noDelay: true })
    const client = new MqttClient(socket, { ...options, reconnectPeriod: 0, protocolVersion: 4 })
    client.once('connect', () => resolve(client))
    client.once('error', reject)
  })
}
