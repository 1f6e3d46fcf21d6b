import { spawnSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jetstream, jetstreamManager, RetentionPolicy, StorageType } from '@nats-io/jetstream'
import { connect as connectTo } from '@nats-io/transport-node'
import { freePort } from '../../../packages/server/tests/support/free-port.ts'
import { ignore, type Member, numberIn, payloadOf } from './load.ts'
import { type Connect, peerServer } from './peer.ts'
import { environment, startProcess } from './process.ts'
import type { About, Entrant, Server } from './server.ts'

const program = 'nats-server'

export function natsVersion(): string | undefined {
  const { stdout } = spawnSync(program, ['--version'], { env: environment, encoding: 'utf8' })
  return /\d+\.\d+\.\d+/.exec(stdout ?? '')?.[0]
}

/** Since 2.10 it can sync each message; before, and by default, it syncs every two minutes. */
export function canSyncAlways(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 2 || (major === 2 && minor >= 10)
}

const note =
  'JetStream, a stream in files; its PubAck. Members get a message from the subject, before it is kept.'

export function nats(version: string, folder: string): Entrant[] {
  const usual: About = { key: 'NATS', version, kept: 'on disk, not synced', note }
  const syncing: About = { ...usual, key: 'NATS, sync always', kept: 'on disk, synced' }
  return [
    { about: usual, start: () => start(usual, mkdtempSync(join(folder, 'nats-'))) },
    ...(canSyncAlways(version)
      ? [
          {
            about: syncing,
            start: () => start(syncing, mkdtempSync(join(folder, 'nats-sync-')), 'sync_interval: always'),
          },
        ]
      : []),
  ]
}

async function start(about: About, folder: string, sync = ''): Promise<Server> {
  const port = await freePort()
  const config = join(folder, 'nats.conf')
  writeFileSync(config, `listen: "127.0.0.1:${port}"\njetstream { store_dir: "${folder}"\n${sync} }\n`)
  const process = await startProcess([program, '-c', config], { port })
  const connection = await connectTo({ port })
  const manager = await jetstreamManager(connection)
  const [storage, retention] = [StorageType.File, RetentionPolicy.Limits]
  await manager.streams.add({ name: 'chat', subjects: ['room.*'], storage, retention })
  await connection.close()
  return peerServer(about, process, connectOn(port))
}

function connectOn(port: number): Connect {
  return async (room, does) => {
    const connection = await connectTo({ port, reconnect: false })
    const publisher = jetstream(connection)
    const subject = `room.${room}`
    const member: Member = {
      onMessage: ignore,
      send: (number) => publisher.publish(subject, payloadOf(room, number)),
      close: () => connection.close(),
    }
    if (does === 'send and receive')
      connection.subscribe(subject, {
        callback: (error, message) => {
          if (error) throw error
          member.onMessage(numberIn(message.data))
        },
      })
    await connection.flush()
    return member
  }
}
