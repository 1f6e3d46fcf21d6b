import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Message } from '../../../packages/protocol/src/index.ts'
import { type Program, ServerProcess } from '../stores/server-process.ts'
import type { Kind } from './kinds.ts'
import { copyFolder, readRoom, rooms, type Scene, say } from './scene.ts'

/** What came of one kind of damage. */
export interface Result {
  readonly id: string
  readonly what: string
  /** The refusal of the start, or the log's lines about it. */
  readonly told: string
  /** What still works. */
  readonly works: string
  /** Acknowledged messages that are neither there nor told of. */
  readonly lost: number
  readonly problems: readonly string[]
}

/** Damages a copy of a data folder, starts a server on it, and reads everything back. */
export async function damageAtRest(kind: Kind, scene: Scene, program: Program): Promise<Result> {
  const root = mkdtempSync(join(tmpdir(), 'dowellchat-damaged-'))
  const folder = join(root, 'data')
  try {
    copyFolder(scene[kind.from], folder)
    await kind.damage(folder)
    return await startOn(folder, kind, scene, program)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

async function startOn(folder: string, kind: Kind, scene: Scene, program: Program): Promise<Result> {
  let server: ServerProcess
  try {
    server = await ServerProcess.start(program, { DATA_DIR: folder })
  } catch (error) {
    return refused(
      kind,
      String((error as Error).message)
        .replace(/^.*did not start: /, '')
        .trim(),
    )
  }
  try {
    return await readBack(server, kind, scene)
  } finally {
    await server.kill()
  }
}

function refused({ id, what, outcome, says }: Kind, told: string): Result {
  const problems = [
    ...(outcome === 'refused' ? [] : ['it refused to start']),
    ...(told.includes('\n') ? ['its refusal has several lines'] : []),
    ...(says && !says.test(told) ? ['its refusal does not say what is wrong'] : []),
  ]
  return { id, what, told, works: 'nothing: it does not start', lost: 0, problems }
}

/** Reads everything that was acknowledged, and writes on. */
export async function readBack(server: ServerProcess, kind: Kind, { acknowledged }: Scene): Promise<Result> {
  const { id, what, outcome, says } = kind
  const admin = await server.connect('admin', 'admin')
  for (const list of ['get_tickets', 'get_all_topics', 'get_rooms']) await admin.get(list, {})
  const there = new Map<string, Message>()
  const problems: string[] = []
  for (const room of rooms) {
    const read = await readRoom(admin, room)
    for (const message of read) there.set(placeOf(message), message)
    const next = await say(admin, room, 'still here')
    const last = read.at(-1)?.seq ?? 0
    if (next.seq !== last + 1) problems.push(`${room} goes on at ${next.seq} after ${last}`)
  }
  const changed = acknowledged.filter((one) => !isSame(one, there.get(placeOf(one))))
  const lost = changed.filter((one) => there.get(placeOf(one))?.kind !== 'removed')
  const told = server.log.split('\n').filter((line) => says?.test(line))
  if (outcome === 'refused') problems.push('it started')
  if (outcome === 'unharmed' && changed.length > 0)
    problems.push(`${changed.length} messages are not as they were`)
  if (outcome === 'told' && told.length !== 1) problems.push(`the log tells of it in ${told.length} lines`)
  if (changed.length > 1) problems.push('more than the damaged message is gone')
  if (lost.length > 0) problems.push(`${lost.length} messages are gone without a word`)
  return { id, what, told: told.join('\n'), works: 'everything else', lost: lost.length, problems }
}

function placeOf({ stream, seq }: Message): string {
  return `${stream} ${seq}`
}

function isSame(one: Message, other: Message | undefined): boolean {
  return other !== undefined && one._id === other._id && one.message_data === other.message_data
}
