import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defaultLimits } from '../../../packages/server/src/limits.ts'
import { ExecutableProcess } from '../../../packages/server/tests/support/executable-process.ts'
import { pin } from '../bench/cpu.ts'
import { type Program, programArgs } from '../stores/server-process.ts'
import { Attackers, type Orders, type Report } from './attackers.ts'
import type { AttackName } from './attacks.ts'
import { Innocent, type Waited } from './innocent.ts'

const key = 'shop-key-with-more-than-32-letters'
const pages = 40

export interface Attacked {
  readonly before: Waited
  /** While the same attackers send to a TCP server that only reads, on the server's core. */
  readonly control: Waited
  readonly during: Waited
  readonly after: Waited
  readonly reports: readonly Report[]
  /** How much more memory than before the server had at most. */
  readonly grownMiB: number
  readonly messages: number
  readonly tickets: number
  readonly problems: readonly string[]
}

export interface AttackSizes {
  readonly names: readonly AttackName[]
  readonly durationMs: number
  readonly program: Program
  /** One process for all attackers: for a test, in which times do not count. */
  readonly isOneProcess: boolean
  /** How long the time before and the time after take. */
  readonly quietMs?: number
}

/** Lets attackers loose on a server, and then on a sink, while somebody innocent talks. */
export async function attackScene(sizes: AttackSizes): Promise<Attacked> {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-attackers-'))
  const server = new ExecutableProcess({
    command: [process.execPath, ...programArgs(sizes.program)],
    env: {
      ...{ WORKSPACES: `shop:${key}`, KEY_PEPPER: 'a pepper of the proofs', DATA_DIR: folder },
      ...{ HOST: '127.0.0.1', PORT: '0', LOG_LEVEL: 'error' },
    },
  })
  try {
    await server.listening()
    pin(server.pid, 1)
    const innocent = await Innocent.open(server.url, key, 'innocent')
    const victim = await Innocent.open(server.url, key, 'victim')
    await prepare(innocent)
    const { durationMs, quietMs = 3_000 } = sizes
    const port = Number(new URL(server.url).port)
    const before = await innocent.waitDuring(pause(quietMs))
    const control = await withSink((sink) =>
      letLoose(innocent, sizes, { target: 'sink', port: sink, durationMs, workspace: 'shop', key }),
    )
    const memory = watchMemory(server.pid)
    const attacked = await letLoose(innocent, sizes, {
      target: 'server',
      port,
      durationMs,
      workspace: 'shop',
      key,
    })
    const grownMiB = memory.stop()
    const after = await innocent.waitDuring(pause(quietMs))
    const stored = await storedBy(innocent)
    const problems = server.problems.filter((line) => line.includes('"level":50'))
    for (const { socket } of [innocent, victim]) socket.socket.disconnect()
    return {
      before,
      control: control.waited,
      during: attacked.waited,
      after,
      reports: attacked.reports,
      grownMiB,
      ...stored,
      problems,
    }
  } finally {
    await server.stop('SIGKILL')
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What attackers may have stored after so long, by what one user may ask for. */
export function budgetOf(durationMs: number): { messages: number; tickets: number } {
  const seconds = durationMs / 1_000 + 1
  const { userPoints, userPointsPerSecond, userOpenTickets } = defaultLimits
  return { messages: userPoints + userPointsPerSecond * seconds, tickets: userOpenTickets }
}

/** A topic, and a room with long pages. */
export async function prepare({ socket }: Innocent): Promise<void> {
  await socket.request('create_topic', { name: 'sales', cid: randomUUID() })
  for (let each = 0; each < pages; each++)
    await socket.request('message_event', {
      room_id: 'filled',
      message_data: 'x'.repeat(8_000),
      cid: randomUUID(),
    })
}

async function storedBy({ socket }: Innocent): Promise<{ messages: number; tickets: number }> {
  const { head } = await socket.request('join', { room: 'flooded', limit: 1 })
  let tickets = 0
  for (let before: string | undefined; ; ) {
    const page = await socket.request('get_tickets', { limit: 100, ...(before !== undefined && { before }) })
    tickets += page.tickets.length
    before = page.tickets.at(-1)?._id
    if (!page.more) break
  }
  return { messages: (head as { seq: number } | null)?.seq ?? 0, tickets }
}

async function letLoose(
  innocent: Innocent,
  { names, isOneProcess }: AttackSizes,
  orders: Omit<Orders, 'names'>,
): Promise<{ waited: Waited; reports: readonly Report[] }> {
  const groups = isOneProcess ? [names] : names.map((name) => [name])
  const all = await Promise.all(groups.map((group) => Attackers.ready({ ...orders, names: group })))
  for (const { pid } of all) pin(pid, 0)
  const attack = Promise.all(all.map((one) => one.run()))
  const waited = await innocent.waitDuring(attack)
  return { waited, reports: (await attack).flat() }
}

async function withSink<T>(work: (port: number) => Promise<T>): Promise<T> {
  const program = fileURLToPath(new URL('./sink.mjs', import.meta.url))
  const sink = spawn(process.execPath, [program], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  const [{ port }] = (await once(sink, 'message')) as [{ port: number }]
  pin(sink.pid ?? 0, 1)
  return work(port).finally(() => sink.disconnect())
}

/** Looks ten times a second at what a process has in memory. */
function watchMemory(pid: number): { stop(): number } {
  const read = () =>
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1] ?? 0) / 1_024
  const before = read()
  let most = before
  const timer = setInterval(() => {
    most = Math.max(most, read())
  }, 100)
  return {
    stop() {
      clearInterval(timer)
      return Math.round((most - before) * 10) / 10
    },
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
