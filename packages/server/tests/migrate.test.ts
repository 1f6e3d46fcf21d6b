import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { migrate } from '../src/executable/commands/migrate.ts'
import { openDataFolder } from '../src/stores/embedded/data-folder.ts'
import { loadSqlite } from '../src/stores/embedded/sqlite.ts'
import { canonicalText, collections } from '../src/stores/portable.ts'
import { withStore } from '../src/testing/store-cases/store-case.ts'
import { digestsOf } from './support/digests.ts'
import { fillWorkspace } from './support/filled-store.ts'
import { everything, goOn, openerOf } from './support/moved-store.ts'
import { expectProblem } from './support/refusal.ts'
import { ServerProcess, temporaryFolder } from './support/server-process.ts'

const preload = new URL('./support/killed-at-commit.mjs', import.meta.url).href
const noise = vi.spyOn(console, 'log')
const bar = vi.spyOn(process.stderr, 'write')

/** A store with two workspaces. No test changes it. */
let source = ''
const large = { messages: 5_000, tickets: 50 }

beforeAll(async () => {
  source = mkdtempSync(join(tmpdir(), 'dowellchat-'))
  await withStore(openerOf(source), async (store) => {
    await fillWorkspace(store, 'acme', large)
    await fillWorkspace(store, 'other', { messages: 100, tickets: 4 })
  })
})
afterAll(() => {
  vi.restoreAllMocks()
  rmSync(source, { recursive: true })
})

/** Runs `dowellchat-server migrate` until it ends, or is killed instead of the n-th commit. */
async function run(args: string[], killedAt?: number) {
  const kill = killedAt === undefined ? {} : { preload, env: { KILLED_AT_COMMIT: String(killedAt) } }
  const command = new ServerProcess({ ...kill, args: ['migrate', ...args] })
  const exitCode = await command.exited()
  return { exitCode, stdout: command.stdout, stderr: command.stderr }
}

async function copyOfSource(): Promise<string> {
  const folder = temporaryFolder()
  cpSync(source, folder, { recursive: true })
  return folder
}

/** Runs `migrate` in this process without output; resolves to what it would print. */
async function move(...args: string[]): Promise<string> {
  noise.mockReset().mockImplementation(() => {})
  bar.mockReset().mockImplementation(() => true)
  await migrate(args)
  return noise.mock.calls.flat().join('\n')
}

describe('moving workspaces to another data folder', () => {
  it('[MI1] goes on after it was killed twice, and ends with every row as it was', async () => {
    const target = join(temporaryFolder(), 'new')
    const args = ['--from', source, '--to', target]
    const seen: number[] = []
    // The other collections take a commit each: among those of the entries, which come last.
    for (const commit of [collections.length + 2, 2]) {
      expect(await run(args, commit)).toMatchObject({ exitCode: null, stdout: '' })
      seen.push((await digestsOf(target, 'acme')).entries?.rows ?? 0)
    }
    const [first = 0, second = 0] = seen
    expect([first > 0, second > first, second < large.messages]).toEqual([true, true, true])

    const { exitCode, stdout, stderr } = await run(args)
    expect(exitCode, stderr).toBe(0)
    expect(stderr).toMatch(new RegExp(`acme entries: +\\d+ % \\(${second} of \\d+\\)`))
    expect(stderr).toMatch(/acme entries: +100 %/)
    for (const workspace of ['acme', 'other']) {
      const moved = await digestsOf(target, workspace)
      expect(moved).toEqual(await digestsOf(source, workspace))
      for (const [collection, { rows, sha256 }] of Object.entries(moved))
        expect(stdout).toContain(`${workspace} ${collection}: ${rows} rows, SHA-256 ${sha256}`)
    }
    expect((await digestsOf(target, 'acme')).entries?.rows).toBeGreaterThan(large.messages)
  })

  it('[MI2] ends with a store that answers as the old one did', async () => {
    const [old, target] = [await copyOfSource(), temporaryFolder()]
    await move('--from', old, '--to', target)
    expect(await withStore(openerOf(target), everything)).toEqual(await withStore(openerOf(old), everything))
    expect(await withStore(openerOf(target), goOn)).toEqual(await withStore(openerOf(old), goOn))
  })

  it('[MI3] moves one workspace where one is named, and others later', async () => {
    const target = temporaryFolder()
    await move('--from', source, '--to', target, '--workspace', 'other')
    expect((await digestsOf(target, 'acme')).tickets?.rows).toBe(0)
    const printed = await move('--from', source, '--to', target)
    expect(printed).toContain('Moved acme, other: everything has arrived')
    for (const workspace of ['acme', 'other'])
      expect(await digestsOf(target, workspace)).toEqual(await digestsOf(source, workspace))
    await move('--from', source, '--to', target)
  })

  it('[MI24] says in the end what else the new servers need', async () => {
    const printed = await move('--from', source, '--to', temporaryFolder(), '--workspace', 'other')
    expect(printed).toMatch(
      /identical\nNot in a store, and so not copied: the pepper, .* and the bytes of files/,
    )
  })

  it('[MI4] leaves what other workspaces of the target have', async () => {
    const target = temporaryFolder()
    await withStore(openerOf(target), (store) => fillWorkspace(store, 'third', { messages: 300, tickets: 5 }))
    const before = await digestsOf(target, 'third')
    await move('--from', source, '--to', target, '--workspace', 'other')
    expect(await digestsOf(target, 'third')).toEqual(before)
    expect(await digestsOf(target, 'other')).toEqual(await digestsOf(source, 'other'))
  })
})

describe('a migration that cannot be made', () => {
  it.each([
    ['without --from', () => ['--to', temporaryFolder()], /needs --from and --to/],
    ['without --to', () => ['--from', source], /needs --from and --to/],
    ['with another option', () => ['--form', source], /'--form'/],
    ['to itself', () => ['--from', source, '--to', `${source}/`], /are the same store/],
    ['from nowhere', () => fromTo(join(temporaryFolder(), 'none')), /does not exist: name the data folder/],
    [
      'of an unknown workspace',
      () => [...fromTo(source), '--workspace', 'x'],
      /no workspace x; it has acme, other/,
    ],
  ])('[MI5] says so %s', async (_what, args, problem) => {
    await expectProblem(move(...args()), problem)
  })

  it('[MI6] says so while a server uses one of them', async () => {
    const used = await copyOfSource()
    const folder = openDataFolder(used, await loadSqlite())
    try {
      await expectProblem(move(...fromTo(used)), /is in use by another server; stop it/)
      await expectProblem(move('--from', source, '--to', used), /is in use by another server; stop it/)
    } finally {
      folder.close()
    }
  })

  it("[MI7] says so for a newer version's data, and makes no target", async () => {
    const newer = await copyOfSource()
    await alter(newer, 'PRAGMA user_version = 999')
    const target = join(temporaryFolder(), 'new')
    await expectProblem(move('--from', newer, '--to', target), /newer version \(999/)
    expect(existsSync(target)).toBe(false)
  })

  it.each([
    ['entries', "UPDATE entries SET text = replace(text, 'Message 3 7', 'Message 3 8')"],
    ['tickets', 'UPDATE tickets SET slot = slot + 100'],
    ['calls', "UPDATE calls SET body = replace(body, 'ringing', 'active')"],
    ['streams', "UPDATE streams SET epoch = 'another' WHERE stream = 'room:r1'"],
    ['topics', "UPDATE topics SET cid = 'another' WHERE n = 1"],
    ['line_managers', 'DELETE FROM line_managers WHERE n = 1'],
    ['users', "UPDATE users SET claimed_name = 'another' WHERE n = 1"],
    ['aliases', "UPDATE aliases SET guest_id = 'guest:another' WHERE n = 1"],
    ['blocks', 'DELETE FROM blocks WHERE n = 1'],
    ['uploads', "UPDATE uploads SET state = 'gone' WHERE n = 1"],
    ['upload_days', 'DELETE FROM upload_days WHERE n = 1'],
    ['paces', 'DELETE FROM paces WHERE n = 1'],
    ['canned_answers', "UPDATE canned_answers SET text = 'another' WHERE n = 1"],
    ['share_links', "UPDATE share_links SET uses = '[]' WHERE n = 1"],
    ['meta_settings', "UPDATE meta_settings SET waiting_time = 'another' WHERE n = 1"],
    ['reports', "UPDATE reports SET reason = 'another' WHERE n = 1"],
  ])('[MI8] finds %s that are not what they were', async (collection, sql) => {
    const target = temporaryFolder()
    await move('--from', source, '--to', target, '--workspace', 'acme')
    await alter(target, sql)
    await expectProblem(move('--from', source, '--to', target), new RegExp(`${collection} of workspace acme`))
  })

  it('[MI9] writes nothing to a target that has a workspace of that name', async () => {
    const target = temporaryFolder()
    await withStore(openerOf(target), (store) => fillWorkspace(store, 'other', { messages: 10, tickets: 1 }))
    const before = await digestsOf(target, 'other')
    await expectProblem(
      move('--from', source, '--to', target),
      /topics of workspace other that --from has not/,
    )
    expect(await digestsOf(target, 'other')).toEqual(before)
    expect((await digestsOf(target, 'acme')).topics?.rows).toBe(0)
  })

  function fromTo(from: string): string[] {
    return ['--from', from, '--to', join(temporaryFolder(), 'new')]
  }

  async function alter(folder: string, sql: string): Promise<void> {
    const connect = await loadSqlite()
    const db = connect(join(folder, readdirSync(folder).find((name) => name.endsWith('.sqlite')) ?? ''))
    db.exec(sql)
    db.close()
  }
})

it('[MI10] compares rows by one text, whichever way their fields are ordered', () => {
  const [row, same] = [
    { b: [1, { d: null, c: 'x' }], a: true },
    { a: true, b: [1, { c: 'x', d: null }] },
  ]
  expect(canonicalText(row)).toBe('{"a":true,"b":[1,{"c":"x","d":null}]}')
  expect(canonicalText(same)).toBe(canonicalText(row))
})
