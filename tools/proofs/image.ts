import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../packages/server/tests/support/free-port.ts'
import { MongoProcess } from '../../packages/server/tests/support/mongo-process.ts'
import { RedisProcess } from '../../packages/server/tests/support/redis-process.ts'
import { enterShop, shopKey } from './drain/shop-server.ts'
import { commandIn, lastOf, readDockerfile, type Stage } from './image/dockerfile.ts'
import { copyContext, installNode, repository, scriptOf } from './image/machine.ts'

export const measured = [
  'examples/docker',
  'packages/client/*.ts',
  'packages/client/src',
  'packages/protocol',
  'packages/server',
  'pnpm-lock.yaml',
  'tools/proofs/image*',
]

const deadlineMs = 300_000
/** What the server is told by its environment. */
const given = ['PORT', 'WORKSPACES', 'MONGODB_URI', 'REDIS_URL', 'KEY_PEPPER']

interface Run {
  readonly buildMs: number
  readonly isReady: boolean
  readonly uid: number
  readonly isHealthy: boolean
  readonly isNoticedDead: boolean
  readonly seq: number
  readonly exitCode: number | null
}

/**
 * Plays the Dockerfile without Docker, as root on Linux: every step on a clean machine in a folder, with the Node that the
 * image names; then runs its command as its user, on a data folder and on MongoDB and Redis.
 */
export async function prove() {
  const text = readFileSync(join(repository, 'examples/docker/Dockerfile'), 'utf8')
  const stages = readDockerfile(text)
  const last = stages.at(-1) as Stage
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-image-'))
  const [mongo, redis] = await Promise.all([MongoProcess.start(), RedisProcess.start()])
  try {
    const places = {
      folder,
      context: join(folder, 'context'),
      node: installNode(last.image, join(folder, 'node')),
    }
    copyContext(places.context)
    const script = join(folder, 'build.sh')
    const command = commandIn(lastOf(last, 'CMD'))
    writeFileSync(script, scriptOf(stages, places, command, given, false))
    const onFolder = await run(script, last, {})
    writeFileSync(script, scriptOf(stages, places, command, given, true))
    const shared = { MONGODB_URI: mongo.url, REDIS_URL: redis.url, KEY_PEPPER: 'a pepper of the proofs' }
    const onMongo = await run(script, last, shared)
    const app = join(folder, last.name, 'changes/app')
    const figures = { node: last.image, appMiB: sizeMiB(app), onFolder, onMongo }
    console.table([onFolder, onMongo])
    for (const problem of problemsOf({ onFolder, onMongo })) {
      process.stdout.write(`WRONG: ${problem}\n`)
      process.exitCode = 1
    }
    return figures
  } finally {
    await Promise.all([mongo.remove(), redis.kill()])
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Builds the image, runs it, and ends it. */
async function run(script: string, image: Stage, more: Readonly<Record<string, string>>): Promise<Run> {
  const port = await freePort()
  const env = {
    ...process.env,
    PORT: `${port}`,
    WORKSPACES: `${shopKey.workspace_id}:${shopKey.api_key}`,
    ...more,
  }
  const startMs = performance.now()
  const child = spawn('unshare', ['-m', 'bash', script], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = heard(child)
  const exited = once(child, 'exit')
  try {
    const url = `http://127.0.0.1:${port}`
    const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null
    await until(async () => said().includes('listens on') || hasEnded())
    const buildMs = Math.round(performance.now() - startMs)
    if (hasEnded()) throw new Error(`The image was not built, or did not start:\n${said().slice(-4_000)}`)
    const isReady = (await fetch(`${url}/ready`)).status === 200
    const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
    const uid = Number(/^Uid:\s+(\d+)/m.exec(status)?.[1])
    const ann = await enterShop(url, 'ann')
    const cid = crypto.randomUUID()
    const sent = await ann.request('message_event', { room_id: 'lobby', message_data: 'Hello', cid })
    const isHealthy = checkHealth(image, env) === 0
    child.kill(lastOf(image, 'STOPSIGNAL') as NodeJS.Signals)
    await exited
    const isNoticedDead = checkHealth(image, env) !== 0
    return { buildMs, isReady, uid, isHealthy, isNoticedDead, seq: sent.seq, exitCode: child.exitCode }
  } finally {
    child.kill('SIGKILL')
  }
}

function heard(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
  return () => text
}

/** Runs the image's HEALTHCHECK. @returns its exit code */
function checkHealth(image: Stage, env: NodeJS.ProcessEnv): number | null {
  const [file = '', ...args] = commandIn(lastOf(image, 'HEALTHCHECK'))
  return spawnSync(file, args, { env }).status
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  for (const end = performance.now() + deadlineMs; !(await isSo()); await pause(50))
    if (performance.now() > end) throw new Error('It takes too long')
}

function problemsOf(runs: Readonly<Record<string, Run>>): string[] {
  return Object.entries(runs).flatMap(([where, one]) => [
    ...(one.isReady ? [] : [`${where}: /ready does not answer 200`]),
    ...(one.uid > 0 ? [] : [`${where}: it runs as root`]),
    ...(one.isHealthy ? [] : [`${where}: HEALTHCHECK fails`]),
    ...(one.isNoticedDead ? [] : [`${where}: HEALTHCHECK finds a server that has ended`]),
    ...(one.exitCode === 0 ? [] : [`${where}: exit code ${one.exitCode}`]),
  ])
}

/** What a folder takes on the disk. */
function sizeMiB(folder: string): number {
  if (!statSync(folder, { throwIfNoEntry: false })) return 0
  const { stdout } = spawnSync('du', ['-sm', folder], { encoding: 'utf8' })
  return Number(stdout.split('\t')[0])
}
