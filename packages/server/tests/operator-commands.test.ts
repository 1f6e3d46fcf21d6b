import { randomUUID } from 'node:crypto'
import { expect, it } from 'vitest'
import { ServerProcess, shop, startProcess, temporaryFolder } from './support/server-process.ts'
import { connectAs } from './support/sockets.ts'

const allScopes = 'keys,revoke,audit'

/** Runs a command to its end; answers its lines of JSON. */
async function run(env: Record<string, string>, ...args: string[]) {
  const command = new ServerProcess({ env, args })
  const exitCode = await command.exited()
  const lines = command.stdout.split('\n').filter((line) => line.startsWith('{'))
  // What the commands print of the contract's answers.
  const answers = lines.map((line) => JSON.parse(line) as Record<string, never>)
  return { exitCode, answers, stderr: command.stderr }
}

/** The environment of a command that opens the store. */
function offline(dataDir: string): Record<string, string> {
  const { WORKSPACES: _, ...env } = shop(dataDir)
  return { ...env, WORKSPACES: 'shop' }
}

it('[OP1] creates the first key without a server, and every further one through it', async () => {
  const dataDir = temporaryFolder()
  const env = offline(dataDir)
  const first = await run(env, 'keys', 'create', '--name', 'ops', '--scopes', allScopes)
  expect(first).toMatchObject({ exitCode: 0, stderr: '' })
  const { secret } = first.answers[0] as unknown as { secret: string }
  expect(secret).toMatch(/^dck_/)

  const server = await startProcess({ env })
  const online = { WORKSPACES: 'shop', DOWELLCHAT_URL: server.url, DOWELLCHAT_KEY: secret }
  const made = await run(online, 'keys', 'create', '--name', 'shop')
  const shopKey = made.answers[0] as unknown as { key: { _id: string }; secret: string }
  const ann = await connectAs(server.url, 'ann', { api_key: shopKey.secret })
  const rotated = await run(online, 'keys', 'rotate', shopKey.key._id, '--grace-ms', '60000')
  expect(rotated.answers).toMatchObject([{ key: { name: 'shop', replaces: shopKey.key._id } }])
  expect((await run(online, 'keys', 'list')).answers).toHaveLength(3)
  const revoked = await run(online, 'keys', 'revoke', shopKey.key._id)
  expect(revoked.answers).toMatchObject([{ revoked_now: true }])
  await ann.closed()
  expect((await run(online, 'revoke', 'eve')).answers).toMatchObject([{ user_id: 'eve' }])
  const { answers } = await run(online, 'audit', '--limit', '10')
  expect(answers.map(({ act }) => act)).toEqual([
    'revoke_sessions',
    'revoke_key',
    'rotate_key',
    'create_key',
    'create_key',
  ])
  expect(server.stdout + server.stderr + JSON.stringify(answers)).not.toContain('dck_')
})

it('[OP1] exports and erases a user, through a server or without one', async () => {
  const env = offline(temporaryFolder())
  const first = await run(env, 'keys', 'create', '--scopes', 'export,erase')
  const { secret } = first.answers[0] as unknown as { secret: string }
  const server = await startProcess({ env })
  const online = { WORKSPACES: 'shop', DOWELLCHAT_URL: server.url, DOWELLCHAT_KEY: secret }
  const ann = await connectAs(server.url, 'ann', { api_key: secret })
  await ann.request('join', { room: 'lobby' })
  await ann.request('message_event', { room_id: 'lobby', message_data: 'canary', cid: randomUUID() })
  const exported = await run(online, 'export', 'ann')
  expect(JSON.stringify(exported.answers)).toContain('canary')
  await server.stop('SIGTERM')

  const again = await run(env, 'export', 'ann')
  // The first export is in the audit trail by now, and she has left.
  const rows = again.answers.filter(({ collection }) => collection !== 'audit')
  expect(rows.map(withoutLastSeen)).toEqual(exported.answers.map(withoutLastSeen))
  const erased = await run(env, 'erase', 'ann')
  expect(erased).toMatchObject({ exitCode: 0, answers: [{ user_id: 'ann' }] })
  expect(JSON.stringify((await run(env, 'export', 'ann')).answers)).not.toContain('canary')
})

it('[OP1] erases a user who is in a members’ room without a server', async () => {
  const env = offline(temporaryFolder())
  const first = await run(env, 'keys', 'create')
  const { secret } = first.answers[0] as unknown as { secret: string }
  const server = await startProcess({ env })
  const ann = await connectAs(server.url, 'ann', { api_key: secret, role: 'agent' })
  const { _id } = await ann.request('create_room', { kind: 'members', members: ['ben'], cid: randomUUID() })
  await server.stop('SIGTERM')

  const erased = await run(env, 'erase', 'ann')
  expect(erased).toMatchObject({ exitCode: 0, stderr: '', answers: [{ user_id: 'ann' }] })
  const { answers } = await run(env, 'export', 'ben')
  const rooms = answers.filter(({ collection }) => collection === 'rooms')
  expect(rooms).toMatchObject([{ row: { _id, owner: 'ben', member_count: 1 } }])
})

it('[OP2] says what is wrong in one line, and shows no key', async () => {
  const dataDir = temporaryFolder()
  const env = offline(dataDir)
  const server = await startProcess({ env: shop(dataDir) })
  const online = { WORKSPACES: 'shop', DOWELLCHAT_URL: server.url }
  const key = 'canary-wrong-key'
  const tries = [
    [env, ['keys', 'list'], /in use|is used.*--url and --key/is],
    [online, ['keys', 'list'], /--key is missing/],
    [{ ...online, DOWELLCHAT_KEY: key }, ['audit'], /refuses the key/],
    [
      { ...online, DOWELLCHAT_KEY: key, DOWELLCHAT_URL: 'http://127.0.0.1:9' },
      ['audit'],
      /cannot be reached/,
    ],
    [{ ...online, WORKSPACES: '' }, ['audit'], /--workspace is missing/],
    [online, ['keys', 'paint'], /keys create/],
    [online, ['revoke'], /revoke needs the id of one user/],
    [
      { ...online, DOWELLCHAT_KEY: 'shop-key-with-more-than-32-letters' },
      ['audit'],
      /forbidden: .*scope audit/,
    ],
  ] as const
  for (const [environment, args, problem] of tries) {
    const { exitCode, stderr } = await run(environment, ...args)
    expect([args, exitCode, stderr]).toEqual([args, 1, expect.stringMatching(problem)])
    expect(stderr).not.toMatch(/canary|\n {4}at /)
  }
})

function withoutLastSeen(row: unknown): string {
  return JSON.stringify(row).replace(/"last_seen_at":"[^"]*"/, '')
}
