import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { client, xml } from '@xmpp/client'
import { freePort } from '../../../packages/server/tests/support/free-port.ts'
import { makeCid } from '../bench/ids.ts'
import { ignore, type Member, textOf } from './load.ts'
import { type Connect, peerServer } from './peer.ts'
import { environment, startProcess } from './process.ts'
import type { About, Entrant, Server } from './server.ts'

const schema = '/usr/share/ejabberd/sql/lite.sql'

/** Where Debian keeps ejabberd's code, as its control script says; Erlang finds other installations by itself. */
function libraries(): Record<string, string> {
  const script = '/usr/sbin/ejabberdctl'
  const found = existsSync(script) && /^ERL_LIBS='(.+)'/m.exec(readFileSync(script, 'utf8'))?.[1]
  return found ? { ERL_LIBS: found } : {}
}

function evaluate(code: string): string {
  const env = { ...environment, ...libraries() }
  return spawnSync('erl', ['-noshell', '-eval', `${code}, halt().`], { env, encoding: 'utf8' }).stdout ?? ''
}

export function ejabberdVersion(): string | undefined {
  const vsn = 'ok = application:load(ejabberd), {ok, V} = application:get_key(ejabberd, vsn), io:put_chars(V)'
  return /^\d+\.\d+\S*/.exec(evaluate(vsn))?.[0]
}

export function hasSqlite(): boolean {
  return (
    existsSync(schema) && evaluate('{module, _} = code:load_file(sqlite3), io:put_chars("yes")') === 'yes'
  )
}

/** Its archive in Mnesia, the default, takes milliseconds a message after some thousand: nobody chooses it for that. */
const about = (version: string): About => ({
  key: 'ejabberd',
  version,
  kept: 'on disk, synced',
  note: 'MUC rooms with their archive (MAM) in SQLite; the sender’s own message, reflected by the room.',
})

export function ejabberd(version: string, folder: string): Entrant[] {
  const one = about(version)
  return [{ about: one, start: () => start(one, mkdtempSync(join(folder, 'ejabberd-'))) }]
}

const config = (port: number, database: string) => `
hosts: [localhost]
loglevel: error
listen:
  - port: ${port}
    ip: "127.0.0.1"
    module: ejabberd_c2s
    shaper: none
auth_method: [anonymous]
anonymous_protocol: sasl_anon
allow_multiple_connections: true
sql_type: sqlite
sql_database: "${database}"
modules:
  mod_muc:
    default_room_options:
      mam: true
      persistent: true
  mod_mam:
    db_type: sql
`

/** Schedulers that wait would otherwise spin, on a core that others use and at ejabberd's expense. */
const calm = ['+sbwt', 'none', '+sbwtdcpu', 'none', '+sbwtdio', 'none']

async function start(about: About, folder: string): Promise<Server> {
  const port = await freePort()
  const database = join(folder, 'ejabberd.db')
  makeDatabase(database)
  const file = join(folder, 'ejabberd.yml')
  writeFileSync(file, config(port, database))
  // Without a node name: it then asks for no port mapper, and listens nowhere else.
  const command = [
    'erl',
    ...calm,
    '-noinput',
    '-mnesia',
    'dir',
    `"${join(folder, 'mnesia')}"`,
    '-s',
    'ejabberd',
  ]
  const process = await startProcess(command, {
    port,
    env: {
      ...libraries(),
      EJABBERD_CONFIG_PATH: file,
      EJABBERD_LOG_PATH: join(folder, 'ejabberd.log'),
      ERL_CRASH_DUMP: join(folder, 'crash.dump'),
    },
  })
  return peerServer(about, process, connectOn(port))
}

function makeDatabase(file: string): void {
  evaluate(
    `{ok, Schema} = file:read_file("${schema}"), {ok, Db} = sqlite3:open(db, [{file, "${file}"}]), ` +
      'sqlite3:sql_exec_script_timeout(Db, Schema, infinity), sqlite3:close(Db)',
  )
}

let occupants = 0

function connectOn(port: number): Connect {
  return async (room) => {
    occupants += 1
    const nick = `member-${occupants}`
    const to = `${room}@conference.localhost`
    const waiting = new Map<number, () => void>()
    const xmpp = client({ service: `xmpp://127.0.0.1:${port}`, domain: 'localhost', timeout: 10_000 })
    xmpp.reconnect.stop()
    // Node's sockets wait with small packets unless they are told not to.
    xmpp.once('connect', () => (xmpp.socket as unknown as Socket).setNoDelay(true))

    const member: Member = {
      onMessage: ignore,
      send(number) {
        const body = xml('body', {}, textOf(number))
        const sent = xmpp.send(xml('message', { to, type: 'groupchat', id: makeCid() }, body))
        // Only the room's copy says that the message is accepted.
        return Promise.all([sent, new Promise<void>((resolve) => waiting.set(number, resolve))])
      },
      close: () => xmpp.stop(),
    }

    const joined = new Promise<void>((resolve, reject) => {
      xmpp.on('error', reject)
      xmpp.on('stanza', (stanza) => {
        if (stanza.attrs.type === 'error') reject(new Error(`ejabberd refused a stanza: ${stanza}`))
        else if (stanza.is('presence') && stanza.attrs.from === `${to}/${nick}`) resolve()
        const text = stanza.is('message') && !stanza.getChild('delay') && stanza.getChildText('body')
        if (!text) return
        const number = Number(text.slice(1, 9))
        waiting.get(number)?.()
        waiting.delete(number)
        member.onMessage(number)
      })
    })
    await xmpp.start()
    await xmpp.send(
      xml('presence', { to: `${to}/${nick}` }, xml('x', { xmlns: 'http://jabber.org/protocol/muc' })),
    )
    await joined
    return member
  }
}
