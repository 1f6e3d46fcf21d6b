import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { ExecutableProcess } from './support/executable-process.ts'
import { programCommand } from './support/programs.ts'
import { type ServerProcess, shop, startProcess, temporaryFolder } from './support/server-process.ts'
import { message, room } from './support/shop-floor.ts'
import { connectAs, readForwards, until } from './support/sockets.ts'

/** Runs what follows as process 1, to which the system sends no signal that it does not listen to. */
const asFirst = ['unshare', '--pid', '--fork', '--kill-child'] as const
const isFirstPossible = spawnSync(asFirst[0], [...asFirst.slice(1), 'true']).status === 0
const quick = { LIMITS: 'finishMs=1000,storeMs=60000' }

it('[DR9] ends at once on a second signal, whatever it waits for', async () => {
  const server = await serverOnHangingDisk()
  server.signal('SIGTERM')
  await until(() => expect(server.stderr).toContain('a second signal ends it at once'))
  // One that comes together with the first is the same, passed on by another process.
  await until(() => {
    server.signal('SIGINT')
    expect(server.endedBy).toBe('SIGINT')
  })
})

it('[DR9] takes two signals that come together for one', async () => {
  const server = await startProcess({ env: shop(temporaryFolder()) })
  const sockets = []
  for (let n = 0; n < 20; n++) sockets.push(await connectAs(server.url, `user${n}`))
  server.signal('SIGTERM')
  server.signal('SIGINT')

  expect(await server.exited()).toBe(0)
  expect(server.problems).toEqual([])
  expect(server.stderr).toMatch(/"stoppedBy":"SIG(TERM|INT)"/)
})

it.runIf(isFirstPossible)('[DR15] ends a command that is the first process of a container', async () => {
  const silent = createServer(() => {})
  onTestFinished(() => silent.closeAllConnections())
  silent.listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const { port } = silent.address() as AddressInfo
  const url = `http://127.0.0.1:${port}`
  const env = { WORKSPACES: 'shop', DOWELLCHAT_URL: url, DOWELLCHAT_KEY: 'a-key' }
  const container = new ExecutableProcess({ command: [...asFirst, ...programCommand('main', 'audit')], env })
  onTestFinished(() => container.stop('SIGKILL').then(() => undefined))
  await once(silent, 'request')
  process.kill(childOf(container.pid), 'SIGTERM')
  expect(await container.exited()).not.toBe(0)
})

it('[DR10] ends in time on one signal while its disk hangs, and says so', async () => {
  const server = await serverOnHangingDisk(quick)
  server.signal('SIGTERM')

  expect(await server.exited(20_000)).toBe(null)
  expect(server.endedBy).toBe('SIGKILL')
  expect(server.problems.join('\n')).toMatch(/The server could not be closed/)
})

it('[DR11] an error that nobody catches is logged, and stops the server as a signal does, with exit code 1', async () => {
  const dataDir = temporaryFolder()
  const server = await startProcess({ env: shop(dataDir), preload: supportFile('planted-error.mjs') })
  const ann = await connectAs(server.url, 'ann')
  await ann.request('join', { room })
  const sent = message('before')
  const answer = ann.request('message_event', sent)
  server.signal('SIGUSR2')

  expect(await server.exited()).toBe(1)
  expect(server.problems).toEqual([expect.stringMatching(/A planted error.*An error that nobody has caught/)])
  await answer.catch(() => undefined)
  await ann.closed()
  expect(ann.frames).toContainEqual(['disconnect', 'transport close'])
  const again = await startProcess({ env: shop(dataDir) })
  const back = await connectAs(again.url, 'ann')
  await back.request('message_event', sent)
  expect(await readForwards(back, room)).toMatchObject([{ message_data: 'before' }])
})

/** A server with a message that is being written, and is not before the test is over. */
async function serverOnHangingDisk(more: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
  const hangsFrom = join(temporaryFolder(), 'now')
  const env = shop(temporaryFolder(), { ...more, HANGS_FROM: hangsFrom })
  const server = await startProcess({ env, preload: supportFile('hanging-disk.mjs') })
  const ann = await connectAs(server.url, 'ann')
  await ann.request('join', { room })
  writeFileSync(hangsFrom, '')
  ann.emit('message_event', message('never stored'))
  // Answered by the same thread, so this one is not answered either.
  await expect(ann.socket.timeout(500).emitWithAck('join', { room: 'another' })).rejects.toThrow()
  return server
}

function supportFile(name: string): string {
  return fileURLToPath(new URL(`support/${name}`, import.meta.url))
}

/** The only child of a process. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8'))
}
