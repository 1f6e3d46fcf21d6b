import { randomUUID } from 'node:crypto'
import { copyFileSync, linkSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Message, Page, Position } from '@dowellchat/protocol'
import { describe, expect, it, vi } from 'vitest'
import { backup } from '../src/executable/commands/backup.ts'
import { openDataFolder } from '../src/stores/embedded/data-folder.ts'
import { loadSqlite } from '../src/stores/embedded/sqlite.ts'
import type { TestSocket } from '../src/testing/test-socket.ts'
import { expectProblem } from './support/refusal.ts'
import { ServerProcess, shop, startProcess, temporaryFolder } from './support/server-process.ts'
import { connectByToken, message, openShopFloor, product, room, shopFloor } from './support/shop-floor.ts'
import { connect, connectAs, readForwards } from './support/sockets.ts'

// A spy: only one test changes what it does.
vi.mock('node:fs', { spy: true })

const senders = ['ada', 'ben', 'cleo', 'dan', 'eve', 'fay', 'gil', 'hal']

/** Runs `dowellchat-server backup` to its end. */
async function backUp(dataDir: string, ...args: string[]) {
  const command = new ServerProcess({ env: { DATA_DIR: dataDir }, args: ['backup', ...args] })
  const exitCode = await command.exited()
  return { exitCode, stdout: command.stdout, stderr: command.stderr }
}

/** Creates a data folder whose database is the copy. */
function restored(copy: string): string {
  const folder = join(temporaryFolder(), 'data')
  mkdirSync(folder)
  copyFileSync(copy, join(folder, 'chat.sqlite'))
  return folder
}

async function say(client: TestSocket, count: number): Promise<Message[]> {
  const said: Message[] = []
  for (let at = 0; at < count; at++) said.push(await client.request('message_event', message(`${at}`)))
  return said
}

function positionOf(page: Page): Position {
  return { epoch: page.epoch, seq: page.head.seq, id: page.head.id }
}

function expectPlaces(entries: readonly Message[]): void {
  expect(entries.map(({ seq, nth }) => [seq, nth])).toEqual(entries.map((_, at) => [at + 1, at + 1]))
}

describe('a backup of a data folder', () => {
  it('[BU1] is a whole prefix of what eight senders write meanwhile, and disturbs none of them', async () => {
    const dataDir = temporaryFolder()
    const server = await startProcess({ env: shop(dataDir) })
    const acknowledged: Message[] = []
    let isOver = false
    const sending = senders.map(async (name) => {
      const sender = await connectAs(server.url, name)
      while (!isOver) acknowledged.push(...(await say(sender, 1)))
    })
    await vi.waitFor(() => expect(acknowledged.length).toBeGreaterThan(200), { timeout: 20_000 })

    const copies = []
    for (const name of ['first', 'second']) {
      const before = [...acknowledged]
      const file = join(temporaryFolder(), `${name}.sqlite`)
      expect(await backUp(dataDir, file)).toMatchObject({ exitCode: 0, stderr: '' })
      copies.push({ file, before })
    }
    isOver = true
    await Promise.all(sending)

    const all = await readForwards(await connectAs(server.url, 'reader'), room)
    expectPlaces(all)
    expect(all.length).toBe(acknowledged.length)
    expect(await server.stop('SIGTERM')).toBe(0)
    expect(server.problems).toEqual([])
    expect(copies[1]?.before.length).toBeGreaterThan(copies[0]?.before.length ?? 0)
    for (const { file, before } of copies) {
      const again = await startProcess({ env: shop(restored(file)) })
      const kept = await readForwards(await connectAs(again.url, 'reader'), room)
      expect(kept).toEqual(all.slice(0, kept.length))
      for (const one of before) expect(kept[one.seq - 1]).toEqual(one)
      await again.stop('SIGTERM')
    }
  })

  it('[BU2] has tickets, topics and line managers, and opens with the keys of WORKSPACES', async () => {
    const dataDir = temporaryFolder()
    const { KEY_PEPPER: _, ...env } = shop(dataDir, shopFloor)
    const server = await startProcess({ env })
    const { key, admin, ticket } = await openShopFloor(server.url)
    const file = join(temporaryFolder(), 'copy.sqlite')
    const { stdout } = await backUp(dataDir, file)
    expect(stdout).toContain(`dowellchat-server restore ${file}`)
    expect(stdout).toContain('The pepper is not in it')
    const read = (client: TestSocket) =>
      Promise.all([
        client.request('get_tickets', {}),
        client.request('get_all_topics', {}),
        client.request('get_all_line_managers', {}),
        client.request('get_ticket_messages', { ticket_id: ticket._id }),
      ])

    const again = await startProcess({ env: { ...env, DATA_DIR: restored(file) } })
    const restoredAdmin = await connectByToken(again.url, 'admin', 'admin')
    expect(await read(restoredAdmin)).toEqual(await read(admin))
    const page = await connect(again.url)
    expect(await page.ask('get_all_topics', key)).toMatchObject({ status: 'success' })
    const next = await restoredAdmin.request('create_ticket', { product, cid: randomUUID() })
    expect(next.line_manager).toBe('max')
  })

  it('[BU3] that is older than what a client has seen resets the client, and never leaves a hole', async () => {
    const dataDir = temporaryFolder()
    const server = await startProcess({ env: shop(dataDir) })
    const ann = await connectAs(server.url, 'ann')
    await say(ann, 5)
    const early = positionOf(await ann.request('join', { room }))
    const file = join(temporaryFolder(), 'copy.sqlite')
    await backUp(dataDir, file)
    await say(ann, 5)
    const late = positionOf(await ann.request('join', { room }))
    await ann.request('join', { room: 'new' })
    const ofNew = positionOf(await ann.request('join', { room: 'new' }))

    const again = await startProcess({ env: shop(restored(file)) })
    const ben = await connectAs(again.url, 'ben')
    const join_ = (position: Position, of = room) => ben.request('join', { room: of, position })
    expect(await join_(early)).not.toHaveProperty('reset')
    expect(await join_(late), 'a position beyond the end').toMatchObject({ reset: { reason: 'ahead' } })
    expect(await join_(ofNew, 'new'), 'a log that is made again').toMatchObject({
      reset: { reason: 'epoch' },
    })
    await say(ben, 8)
    const replaced = await join_(late)
    expect(replaced, 'a position that others have taken').toMatchObject({ reset: { reason: 'replaced' } })
    expect(replaced.entries.map(({ seq }) => seq)).toEqual(Array.from({ length: 13 }, (_, at) => at + 1))
  })

  it('[BU4] is for nobody else to read, and leaves nothing beside it', async () => {
    const dataDir = temporaryFolder()
    const server = await startProcess({ env: shop(dataDir) })
    await server.stop('SIGKILL')
    const before = readdirSync(dataDir).toSorted()
    const folder = temporaryFolder()
    expect(await backUp(dataDir, join(folder, 'copy.sqlite'))).toMatchObject({ exitCode: 0 })
    expect(readdirSync(folder)).toEqual(['copy.sqlite'])
    expect(statSync(join(folder, 'copy.sqlite')).mode & 0o777).toBe(0o600)
    expect(readdirSync(dataDir).toSorted()).toEqual(before)
  })
})

describe('a backup on a disk without links', () => {
  it('[BU10] has its name all the same, and replaces nothing', async () => {
    const dataDir = temporaryFolder()
    openDataFolder(dataDir, await loadSqlite()).close()
    const folder = temporaryFolder()
    const file = join(folder, 'copy.sqlite')
    const quiet = vi.spyOn(console, 'log').mockImplementation(() => {})
    vi.mocked(linkSync).mockImplementation(() => {
      throw Object.assign(new Error('operation not permitted'), { code: 'EPERM' })
    })
    try {
      await backup([file], { DATA_DIR: dataDir })
      expect(readdirSync(folder)).toEqual(['copy.sqlite'])
      await expect(backup([file], { DATA_DIR: dataDir })).rejects.toThrow(/exists already/)
      expect(readdirSync(folder)).toEqual(['copy.sqlite'])
    } finally {
      vi.mocked(linkSync).mockRestore()
      quiet.mockRestore()
    }
  })
})

describe('a backup that cannot be made', () => {
  it.each([
    ['no file', () => [], /backup needs the name of one file/],
    ['two files', () => ['one', 'two'], /backup needs the name of one file/],
    ['an option', () => ['--now', 'copy'], /'--now'/],
    ['a file that exists', () => [existing()], /exists already: name a new file/],
    ['a folder in its place', () => [temporaryFolder()], /exists already: name a new file/],
    ['a place without a folder', () => [join(temporaryFolder(), 'a', 'b')], /cannot be made: .*name another/],
    [
      'a file in place of a folder',
      () => [join(existing(), 'b')],
      /cannot be made: there is a file in its place/,
    ],
  ])('[BU5] says so for %s', async (_what, args, problem) => {
    const dataDir = await usedFolder()
    await expectProblem(backup(args(), { DATA_DIR: dataDir }), problem)
  })

  it.each([
    ['there is none', () => join(temporaryFolder(), 'none'), /chat\.sqlite does not exist: set DATA_DIR/],
    ['it is in memory', () => ':memory:', /a store in memory cannot be copied/],
    ['it was cut to nothing', () => folderWith(''), /chat\.sqlite is empty/],
    ['it is no database', () => folderWith('x'.repeat(5_000)), /cannot be opened: file is not a database/],
  ])('[BU6] says so where %s to copy', async (_what, dataDir, problem) => {
    const folder = temporaryFolder()
    await expectProblem(backup([join(folder, 'copy')], { DATA_DIR: dataDir() }), problem)
    expect(readdirSync(folder)).toEqual([])
  })

  it("[BU7] says so for a newer version's data", async () => {
    const dataDir = await usedFolder()
    const db = (await loadSqlite())(join(dataDir, 'chat.sqlite'))
    db.exec('PRAGMA user_version = 999')
    db.close()
    const folder = temporaryFolder()
    await expectProblem(
      backup([join(folder, 'copy')], { DATA_DIR: dataDir }),
      /newer version \(999.*run that version/,
    )
    expect(readdirSync(folder)).toEqual([])
  })

  /** Creates a data folder as a server does. */
  async function usedFolder(): Promise<string> {
    const folder = temporaryFolder()
    openDataFolder(folder, await loadSqlite()).close()
    return folder
  }

  function existing(): string {
    return join(folderWith(''), 'chat.sqlite')
  }

  function folderWith(text: string): string {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'chat.sqlite'), text)
    return folder
  }

  it('[BU8] ends with a line that says so, and not with success', async () => {
    const { exitCode, stdout, stderr } = await backUp(await usedFolder(), existing())
    expect([exitCode, stdout], stderr).toEqual([1, ''])
    expect(stderr).toMatch(/^dowellchat-server: .* exists already: name a new file\n$/)
  })

  it('[BU9] is not tried where the data is in MongoDB', async () => {
    const environment = { MONGODB_URI: 'mongodb://localhost', DATA_DIR: await usedFolder() }
    await expect(backup(['copy'], environment)).rejects.toThrow(/back MongoDB up with mongodump/)
  })
})
