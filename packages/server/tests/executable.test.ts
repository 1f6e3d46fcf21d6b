import { once } from 'node:events'
import { chmodSync, chownSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { platform } from 'node:os'
import { join } from 'node:path'
import type { Message } from '@dowellchat/protocol'
import { describe, expect, it, onTestFinished } from 'vitest'
import { commands } from '../src/executable/commands/index.ts'
import { TestSocket } from '../src/testing/test-socket.ts'
import { expectRefused } from './support/refusal.ts'
import { ServerProcess, shop, startProcess, temporaryFolder } from './support/server-process.ts'
import { everybody, message, openShopFloor, room, shopFloor } from './support/shop-floor.ts'
import { connect, connectAs, readForwards, until } from './support/sockets.ts'
import { walk } from './support/walk.ts'

describe('a data folder that cannot be used', () => {
  it('[EX1] is refused when it is a file', async () => {
    const file = join(temporaryFolder(), 'data')
    writeFileSync(file, 'not a folder')
    await expectRefused(
      { env: shop(file) },
      /data cannot be used: there is a file in its place/,
      /name another folder/,
    )
  })

  it('[EX2] is refused when it lies below a file', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, 'not a folder')
    const problem = /file\/data cannot be used: there is a file in its place/
    await expectRefused({ env: shop(join(file, 'data')) }, problem, /name another folder/)
  })

  it('[EX3] is refused when it may not be written', async () => {
    const folder = temporaryFolder()
    const options = { env: shop(folder), ...nobody(folder) }
    chmodSync(folder, 0o500)
    await expectRefused(
      options,
      /cannot be used: it may not be read and written/,
      /let the user of the server read and write it/,
    )
  })

  it('[EX4] is refused when it cannot be made there', async () => {
    const parent = temporaryFolder()
    const options = { env: shop(join(parent, 'data')), ...nobody(parent) }
    chmodSync(parent, 0o500)
    await expectRefused(
      options,
      /data cannot be used: it may not be read and written/,
      /let the user of the server read and write it/,
    )
  })

  it.runIf(platform() === 'linux')('[EX5] is refused where the system has no folders of ours', async () => {
    await expectRefused(
      { env: shop('/proc/dowellchat') },
      /\/proc\/dowellchat cannot be used: /,
      /name (a|another) folder/,
    )
  })

  it.runIf(platform() === 'linux')(
    '[EX5] is refused for files where there are no folders of ours',
    async () => {
      await expectRefused(
        { env: shop(temporaryFolder(), { FILES_DIR: '/proc/dowellchat/files' }) },
        /attachments: the folder \/proc\/dowellchat\/files cannot be used: /,
        /name another folder/,
      )
    },
  )

  it('[EX6] is refused when it has the files of somebody else', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'thesis.txt'), 'draft')
    await expectRefused(
      { env: shop(folder) },
      /has no chat\.sqlite but other files \(thesis\.txt\)/,
      /name an empty folder/,
    )
    expect(readdirSync(folder)).toEqual(['thesis.txt'])
  })

  it('[EX7] is refused when its chat.sqlite is no database', async () => {
    const folder = temporaryFolder()
    const text = 'This is no database. '.repeat(500)
    writeFileSync(join(folder, 'chat.sqlite'), text)
    await expectRefused(
      { env: shop(folder) },
      /chat\.sqlite cannot be opened: .*not a database/,
      /name another folder|move it/,
    )
    expect(readFileSync(join(folder, 'chat.sqlite'), 'utf8')).toBe(text)
  })

  it('[EX8] is refused when its chat.sqlite belongs to another application', async () => {
    const folder = await usedFolder()
    patch(join(folder, 'chat.sqlite'), applicationIdAt, 7)
    await expectRefused(
      { env: shop(folder) },
      /chat\.sqlite belongs to another application/,
      /name another folder/,
    )
  })

  it('[EX9] is refused when a newer version has written it, and is left as it is', async () => {
    const folder = await usedFolder()
    const file = join(folder, 'chat.sqlite')
    patch(file, userVersionAt, 1_000)
    const before = readFileSync(file)
    await expectRefused({ env: shop(folder) }, /was written by a newer version \(1000, /, /run that version/)
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('[EX10] is refused while another server uses it, which is not disturbed', async () => {
    const folder = temporaryFolder()
    const first = await startProcess({ env: shop(folder) })
    await expectRefused(
      { env: shop(folder) },
      /is in use by another server/,
      /stop it or name another folder/,
    )
    const sender = await connectAs(first.url, 'ann')
    expect(await sender.ask('message_event', message('still here'))).toMatchObject({ status: 'success' })
  })

  it('[EX24] is refused when the pepper in it is empty, under which keys would be as good as open', async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'pepper'), '')
    const { KEY_PEPPER: _, ...env } = shop(folder)
    await expectRefused({ env }, /pepper/, /remove it|set KEY_PEPPER/)
  })

  // SQLite's file header keeps two numbers of the application here.
  const userVersionAt = 60
  const applicationIdAt = 68

  function patch(file: string, at: number, value: number): void {
    const bytes = readFileSync(file)
    bytes.writeUInt32BE(value, at)
    writeFileSync(file, bytes)
  }

  async function usedFolder(): Promise<string> {
    const folder = temporaryFolder()
    const server = await startProcess({ env: shop(folder) })
    expect(await server.stop('SIGTERM')).toBe(0)
    return folder
  }

  /** Root may write anywhere, so for root the server runs as another user, who owns the folder. */
  function nobody(folder: string): { uid?: number } {
    onTestFinished(() => chmodSync(folder, 0o700))
    if (process.getuid?.() !== 0) return {}
    const uid = 65_534
    chownSync(folder, uid, uid)
    return { uid }
  }
})

describe('a configuration that cannot be used', () => {
  it('[EX11] is refused when the port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const env = shop(temporaryFolder(), { PORT: String(port) })
    await expectRefused({ env }, new RegExp(`Port 127\\.0\\.0\\.1:${port} is in use`), /set PORT to another/)
  })

  it('[EX12] is refused when the host is not of this machine', async () => {
    // An address reserved for documentation, which no machine has.
    const env = shop(temporaryFolder(), { HOST: '203.0.113.7' })
    await expectRefused({ env }, /HOST 203\.0\.113\.7 is not an address of this machine/, /HOST/)
  })

  it.each([
    [{ PORT: 'abc' }, /PORT: /, /expected a port from 0 to 65535/],
    [{ PORT: '70000' }, /PORT: /, /expected a port from 0 to 65535/],
    [{ WORKSPACES: ':shop' }, /WORKSPACES: entry 1 is not <id>:<key>/, /<id>:<key>/],
    [{ WORKSPACES: 'shop:short' }, /WORKSPACES: the key of entry 1/, /openssl rand/],
    [{ KEY_PEPPER: 'short' }, /KEY_PEPPER: /, /at least 16 characters/],
    [{ V2_WORKSPACE: 'nowhere' }, /V2_WORKSPACE: nowhere is not among WORKSPACES/, /WORKSPACES/],
    [{ TOKEN_SECRET: 'secret' }, /TOKEN_SECRET: entry 1 has less than 32 bytes/, /openssl rand/],
    [{ REDIS_URL: 'redis://localhost' }, /REDIS_URL: is for several servers/, /set MONGODB_URI too/],
    [{ WORKSPACES: '' }, /There is no workspace/, /set WORKSPACES=<id>:<key>, or start with --demo/],
  ])('[EX13] is refused with %j', async (variables, problem, advice) => {
    const folder = join(temporaryFolder(), 'data')
    await expectRefused({ env: shop(folder, variables) }, problem, advice)
    expect(() => readdirSync(folder), 'a data folder was made').toThrow('ENOENT')
  })

  it.each(['--dmeo', 'demo'])(
    '[EX14] is refused with the argument %s, and says what there is',
    async (argument) => {
      const options = { env: shop(temporaryFolder()), args: [argument] }
      await expectRefused(options, new RegExp(`There is no \\w+ ${argument}`), /dowellchat-server --help/)
    },
  )
})

describe('the executable', () => {
  it.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const)(
    '[EX15] stops on %s with success and keeps everything',
    async (signal) => {
      const dataDir = temporaryFolder()
      const server = await startProcess({ env: shop(dataDir) })
      const [sender, idle] = [await connectAs(server.url, 'ann'), await connectAs(server.url, 'bob')]
      await idle.request('join', { room })
      // Leaves a keep-alive connection open.
      await fetch(`${server.url}/health`)
      const answered: Message[] = []
      const sendings = Array.from({ length: 200 }, async (_, at) => {
        answered.push(await sender.request('message_event', message(`${at}`)))
        if (answered.length === 1) server.signal(signal)
      })
      await Promise.allSettled(sendings)

      expect(await server.exited()).toBe(0)
      await until(() => expect(idle.socket.connected).toBe(false))
      const again = await startProcess({ env: shop(dataDir) })
      const kept = await readForwards(await connectAs(again.url, 'ann'), room)
      expect(kept.map(({ seq }) => seq)).toEqual(kept.map((_, at) => at + 1))
      expect(answered.length).toBeGreaterThan(0)
      for (const one of answered) expect(kept[one.seq - 1]).toEqual(one)
      expect(await again.stop(signal)).toBe(0)
      expect([...server.problems, ...again.problems]).toEqual([])
    },
  )

  it('[EX25] starts with --demo beside a configured workspace demo', async () => {
    const server = await startProcess({
      env: shop(temporaryFolder(), { WORKSPACES: 'demo:secret' }),
      args: ['--demo'],
    })
    await connect(server.url, { protocol: 1, workspace_id: 'demo', api_key: 'demo-key', user_id: 'ann' })
    const page = await connect(server.url)
    for (const api_key of ['demo-key', 'secret']) {
      const answer = await page.ask('get_all_topics', { workspace_id: 'demo', api_key })
      expect(answer).toMatchObject({ status: 'success' })
    }
  })

  it('[EX16] admits guests and V2 sockets with --demo', async () => {
    const { KEY_PEPPER: _, WORKSPACES: __, HOST: ___, ...env } = shop(temporaryFolder())
    const server = await startProcess({ env, args: ['--demo'] })
    await until(() => expect(server.stdout).toContain('whose key is demo-key'))
    expect(new URL(server.url).hostname).toBe('127.0.0.1')

    const guest = await connect(server.url, { protocol: 1, workspace_id: 'demo', guest: true, role: 'admin' })
    expect(guest.frames[0]?.[1]).toMatchObject({ workspace_id: 'demo', role: 'customer', is_guest: true })
    await expect(
      connect(server.url, { protocol: 1, workspace_id: 'demo', user_id: 'ann', role: 'admin' }),
    ).rejects.toMatchObject({ data: { code: 'unauthenticated' } })
    const page = await connect(server.url)
    await page.untilHeard('my_response', 'me')
    await connect(server.url, { protocol: 1, workspace_id: 'demo', api_key: 'demo-key', user_id: 'holder' })
    await expect(
      connect(server.url, { protocol: 1, api_key: 'wrong', user_id: 'holder' }),
    ).rejects.toMatchObject({
      data: { code: 'unauthenticated' },
    })
  })

  it('[EX17] admits neither guests nor V2 sockets without being told', async () => {
    const server = await startProcess({ env: shop(temporaryFolder()) })
    const strangers = [
      {},
      { protocol: 1 },
      { protocol: 1, workspace_id: 'shop', guest: true },
      { protocol: 1, workspace_id: 'shop', user_id: 'guest' },
      { workspace_id: 'shop', user_id: 'guest' },
      { protocol: 1, workspace_id: 'demo', user_id: 'guest' },
      { protocol: 1, workspace_id: 'demo', api_key: 'demo-key', user_id: 'guest' },
    ]
    for (const auth of strangers) {
      await expect(connect(server.url, auth), JSON.stringify(auth)).rejects.toMatchObject({
        data: { code: 'unauthenticated', retryable: false },
      })
    }
    await connectAs(server.url, 'ann')
  })

  it('[EX18] admits V2 sockets where V2_WORKSPACE says so, and still no guests', async () => {
    const server = await startProcess({ env: shop(temporaryFolder(), { V2_WORKSPACE: 'shop' }) })
    const page = await connect(server.url)
    await page.untilHeard('my_response', 'me')
    const guests = [{ user_id: 'guest' }, { protocol: 1, user_id: 'guest' }, { protocol: 1, guest: true }]
    for (const auth of guests.map((one) => ({ workspace_id: 'shop', ...one }))) {
      await expect(connect(server.url, auth)).rejects.toMatchObject({ data: { code: 'unauthenticated' } })
    }
  })

  it('[EX19, AU7] writes an API key nowhere: not to its log, its files or anybody', async () => {
    const dataDir = temporaryFolder()
    const canary = 'canary-9d41c7e0b2-of-32-characters'
    const env = shop(dataDir, { ...shopFloor, WORKSPACES: `shop:${canary},other:${canary}-too` })
    const server = await startProcess({ env })
    const floor = await openShopFloor(server.url, canary)
    for (const { run } of walk(floor)) await run()
    await connectAs(server.url, 'ann', { workspace_id: 'other', api_key: `${canary}-too` })
    await misuse(server.url, floor.page, canary)
    const heard = Object.values(everybody(floor)).flatMap(({ frames, answers }) => [...frames, ...answers])
    expect(heard.length).toBeGreaterThan(0)
    expect(JSON.stringify(heard)).not.toContain(canary)
    const whileOpen = filesWith(dataDir, canary)

    expect(await server.stop('SIGTERM')).toBe(0)
    expect([...whileOpen, ...filesWith(dataDir, canary)]).toEqual([])
    expect(server.stdout + server.stderr).not.toContain(canary)
    const secondStart = await startProcess({ env })
    expect(secondStart.stdout + secondStart.stderr).not.toContain(canary)
  })

  it('[EX20] does not show a key that it cannot read', async () => {
    const env = shop(temporaryFolder(), { WORKSPACES: 'shop=canary-9d41c7e0b2' })
    const server = new ServerProcess({ env })
    expect(await server.exited()).toBe(1)
    expect(server.stdout + server.stderr).not.toContain('canary')
  })

  it('[EX21] answers GET /health', async () => {
    const server = await startProcess({ env: shop(temporaryFolder()) })
    const answer = await fetch(`${server.url}/health`)
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }])
    expect((await fetch(`${server.url}/`)).status).toBe(404)
  })

  it('[OM7] ends with exit code 1 where the thread of its store has ended, so that it is started anew', async () => {
    const folder = temporaryFolder()
    const ENDS_WITH = join(temporaryFolder(), 'end')
    const preload = new URL('./support/ended-thread.mjs', import.meta.url).href
    const server = await startProcess({ env: shop(folder, { ENDS_WITH }), preload })
    writeFileSync(ENDS_WITH, '')
    expect(await server.exited()).toBe(1)
    expect(server.stdout + server.stderr).toContain('The thread of the store has ended')
    await startProcess({ env: shop(folder) })
  })

  it('[EX22] says with --help, and -h, how each command is used, and does nothing', async () => {
    const asked = [...commands.keys()].map(async (name, at) => {
      const command = new ServerProcess({ args: [name, at % 2 === 0 ? '--help' : '-h'] })
      expect(await command.exited()).toBe(0)
      expect(command.stdout).toContain(`dowellchat-server ${name}`)
      expect(command.stderr).toBe('')
    })
    await Promise.all(asked)
  })

  it('[EX22] says with --help what can be set', async () => {
    const server = new ServerProcess({ args: ['--help'] })
    expect(await server.exited()).toBe(0)
    for (const name of [
      'PORT',
      'HOST',
      'DATA_DIR',
      'MONGODB_URI',
      'WORKSPACES',
      'KEY_PEPPER',
      'V2_WORKSPACE',
      'GUESTS',
      'SEARCH',
      'FILES_DIR',
      'S3_BUCKET',
      'STUN_URLS',
      'TURN_URLS',
      'TURN_SECRET',
      'ORIGINS',
      'TRUSTED_PROXIES',
      '--demo',
    ]) {
      expect(server.stdout).toContain(name)
    }
  })

  it('[EX23] keeps its files and its pepper to its user', async () => {
    const folder = join(temporaryFolder(), 'new', 'data')
    const { KEY_PEPPER: _, ...env } = shop(folder)
    const server = await startProcess({ env })
    expect(filesOpenToOthers(folder)).toEqual([])
    expect(readdirSync(folder)).toContain('pepper')
    await server.stop('SIGTERM')
    const again = await startProcess({ env })
    await connectAs(again.url, 'ann')
  })

  /** Sends the key in wrong places, and in requests that fail. */
  async function misuse(url: string, page: TestSocket, api_key: string): Promise<void> {
    const refusals = [
      { protocol: 1, workspace_id: 'other', api_key, user_id: 'ann' },
      { protocol: 1, workspace_id: 'shop', api_key, user_id: 'ann', role: 'king' },
      { protocol: 2, workspace_id: 'shop', api_key, user_id: 'ann' },
      { protocol: 1, workspace_id: 'shop', api_key: [api_key], user_id: 'ann' },
    ]
    for (const auth of refusals) {
      const refused: unknown = await connect(url, auth).catch((error: Error & { data?: unknown }) => [
        error.message,
        error.data,
      ])
      expect(refused).not.toBeInstanceOf(TestSocket)
      expect(JSON.stringify(refused)).not.toContain(api_key)
    }
    const key = { workspace_id: 'shop', api_key }
    const answers = [
      await page.ask('create_topic', { ...key, workspace_id: 'other', name: 'x' }),
      await page.ask('create_topic', { ...key, name: {} }),
      await page.ask('create_ticket', { ...key, api_key: { $ne: api_key }, product: 'x' }),
      await page.ask('close_ticket', { ...key, ticket_id: 'unknown' }),
      await page.ask('no_such_event', key),
    ]
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 'failure'))
    // A connection that is closed for what it sends is worth a line in the log.
    const deep = await connect(url)
    const nested: unknown = JSON.parse(`${'{"a":'.repeat(20)}1${'}'.repeat(20)}`)
    deep.emit('create_topic', { ...key, nested })
    await until(() => expect(deep.socket.connected).toBe(false))
  }
})

function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder).filter((name) => readFileSync(join(folder, name)).includes(text))
}

function filesOpenToOthers(folder: string): string[] {
  return ['.', ...readdirSync(folder)].filter((name) => (statSync(join(folder, name)).mode & 0o077) !== 0)
}
