import { cpSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Failure, Message } from '../../../packages/protocol/src/index.ts'
import { type Fault, putOnBadDisk, tracingProblem } from '../../../packages/server/tests/support/bad-disk.ts'
import type { Person } from '../stores/person.ts'
import { type Program, ServerProcess } from '../stores/server-process.ts'
import type { Result } from './at-rest.ts'
import { readRoom, say } from './scene.ts'

/** Something that happens to a server's disk while it runs. */
export interface RunningKind {
  readonly id: string
  readonly what: string
  /** Answers how to mend it; null where only a restart helps. */
  break(server: ServerProcess, folder: string): Promise<(() => Promise<void>) | null>
  /** Whether what was stored can be read meanwhile. */
  readonly reads: boolean
  /** Whether what was acknowledged before is on the disk after a restart. */
  readonly keeps: boolean
  readonly isShort?: true
}

/** Every answer comes within this: the deadline is two seconds, and a busy machine, whose processes are traced, takes more. */
const mostMs = 10_000

const onBadDisk = (fault: Fault) => (server: ServerProcess) => putOnBadDisk(server.pid, fault)

export const runningKinds: readonly RunningKind[] = [
  {
    id: 'running-hang',
    what: 'every sync hangs for 30 s',
    reads: false,
    keeps: true,
    isShort: true,
    break: onBadDisk('hang'),
  },
  {
    id: 'running-full',
    what: 'the disk is full',
    reads: true,
    keeps: true,
    isShort: true,
    break: onBadDisk('full'),
  },
  { id: 'running-error', what: 'every sync fails', reads: true, keeps: true, break: onBadDisk('error') },
  {
    id: 'running-folder-gone',
    what: 'the data folder is deleted',
    reads: true,
    keeps: false,
    isShort: true,
    async break(_server, folder) {
      rmSync(folder, { recursive: true })
      return null
    },
  },
  {
    id: 'running-folder-moved',
    what: 'the data folder is renamed, and comes back',
    reads: true,
    keeps: true,
    async break(_server, folder) {
      renameSync(folder, `${folder}-elsewhere`)
      return async () => renameSync(`${folder}-elsewhere`, folder)
    },
  },
  {
    id: 'running-folder-replaced',
    what: 'the data folder is replaced by a copy of itself',
    reads: true,
    keeps: true,
    async break(_server, folder) {
      cpSync(folder, `${folder}-copy`, { recursive: true, preserveTimestamps: true })
      renameSync(folder, `${folder}-before`)
      renameSync(`${folder}-copy`, folder)
      return null
    },
  },
  {
    id: 'running-log-gone',
    what: 'the log is deleted',
    reads: true,
    keeps: true,
    async break(_server, folder) {
      rmSync(join(folder, 'chat.sqlite-wal'))
      return null
    },
  },
  {
    id: 'running-database-gone',
    what: 'the database is deleted',
    reads: true,
    keeps: false,
    async break(_server, folder) {
      rmSync(join(folder, 'chat.sqlite'))
      return null
    },
  },
]

/** Why some kinds cannot be tried on this machine; undefined if all can. */
export const untraceable: Promise<string | undefined> = tracingProblem()

/** Breaks a running server's disk: what is asked meanwhile, after it is mended, and after a restart. */
export async function damageWhileRunning(kind: RunningKind, program: Program): Promise<Result> {
  const root = mkdtempSync(join(tmpdir(), 'dowellchat-damaged-'))
  const folder = join(root, 'data')
  const problems: string[] = []
  const server = await ServerProcess.start(program, { DATA_DIR: folder })
  try {
    const [ann, bob] = [await server.connect('ann'), await server.connect('bob')]
    await bob.get('join', { room: 'lobby' })
    const acknowledged: Message[] = []
    for (let at = 1; at <= 20; at++) acknowledged.push(await say(ann, 'lobby', `before ${at}`))
    // Once this is answered, all pushes have arrived.
    await bob.get('get_all_topics', {})
    let heard = 0
    bob.hear((event) => {
      if (event === 'entries') heard += 1
    })
    const mend = await kind.break(server, folder)
    const refused = await ask(ann, problems)
    if (heard > 0) problems.push(`${heard} pushes of what was refused`)
    const works = await readMeanwhile(kind, bob, problems)
    await mend?.()
    if (mend) acknowledged.push(...(await retry(ann, refused, problems)))
    await server.kill()
    const told = await restart(kind, folder, acknowledged, program, problems)
    return { id: kind.id, what: kind.what, told, works, lost: 0, problems }
  } finally {
    await server.kill().catch(() => undefined)
    rmSync(root, { recursive: true, force: true })
  }
}

interface Refused {
  readonly payload: object
}

/** Sends while the disk is broken: every send is `unavailable`, in time. */
async function ask(by: Person, problems: string[]): Promise<Refused[]> {
  const sends = Array.from({ length: 10 }, (_, at) => ({
    payload: { room_id: 'lobby', message_data: `meanwhile ${at}`, cid: crypto.randomUUID() },
  }))
  for (const part of [sends.slice(0, 5), sends.slice(5)]) {
    const answers = await Promise.all(part.map(({ payload }) => timed(by, payload)))
    for (const { code, ms } of answers) {
      if (code !== 'unavailable') problems.push(`a send was answered ${code}`)
      if (ms > mostMs) problems.push(`a send was answered after ${Math.round(ms)} ms`)
    }
  }
  return sends
}

async function timed(by: Person, payload: object): Promise<{ code: string; ms: number }> {
  const from = performance.now()
  const answer = await by.ask('message_event', payload)
  const code = answer.status === 'failure' ? (answer as Failure).error.code : 'ok'
  return { code, ms: performance.now() - from }
}

async function readMeanwhile({ reads }: RunningKind, by: Person, problems: string[]): Promise<string> {
  const from = performance.now()
  const answer = await by.ask<{ entries: Message[] }>('get_messages', {
    stream: 'room:lobby',
    before: 15,
    limit: 5,
  })
  const ms = performance.now() - from
  if (ms > mostMs) problems.push(`a page was answered after ${Math.round(ms)} ms`)
  const isRead = answer.status === 'success' && answer.data.entries.length === 5
  if (isRead !== reads) problems.push(`pages are ${isRead ? '' : 'not '}read meanwhile`)
  return isRead ? 'what is stored can be read' : 'every request is answered `unavailable` in time'
}

/** Sends again, with the same cids, until the disk takes it. */
async function retry(by: Person, refused: readonly Refused[], problems: string[]): Promise<Message[]> {
  const stored: Message[] = []
  for (const { payload } of refused) {
    const until = performance.now() + 20_000
    for (;;) {
      const answer = await by.ask<Message>('message_event', payload)
      if (answer.status === 'success') {
        stored.push(answer.data)
        break
      }
      if (performance.now() > until) {
        problems.push('it did not recover')
        return stored
      }
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  return stored
}

async function restart(
  { keeps }: RunningKind,
  folder: string,
  acknowledged: readonly Message[],
  program: Program,
  problems: string[],
): Promise<string> {
  let server: ServerProcess
  try {
    server = await ServerProcess.start(program, { DATA_DIR: folder })
  } catch (error) {
    if (keeps) problems.push('it does not start again')
    return String((error as Error).message)
      .replace(/^.*did not start: /, '')
      .trim()
  }
  try {
    const read = await readRoom(await server.connect('ann'), 'lobby')
    const cids = read.map(({ cid }) => cid)
    if (new Set(cids).size !== cids.length) problems.push('a message is there twice')
    const missing = acknowledged.filter(({ _id }) => !read.some((one) => one._id === _id))
    if (keeps && missing.length > 0) problems.push(`${missing.length} acknowledged messages are gone`)
    return 'every send was answered `unavailable`'
  } finally {
    await server.kill()
  }
}
