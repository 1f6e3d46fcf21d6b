import { randomUUID } from 'node:crypto'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Message } from '../../../packages/protocol/src/index.ts'
import { type Program, ServerProcess } from '../stores/server-process.ts'
import { type Result, readBack } from './at-rest.ts'
import { copyFolder, type Scene, say } from './scene.ts'
import { type ClockKind, type RefusedKind, somebody } from './start-kinds.ts'

const preload = (name: string) =>
  `--import=${new URL(`../../../packages/server/tests/support/${name}`, import.meta.url).href}`
const unharmed = { damage: () => {}, outcome: 'unharmed', from: 'closed' } as const

async function inFolder(run: (folder: string, root: string) => Promise<Result>): Promise<Result> {
  const root = mkdtempSync(join(tmpdir(), 'dowellchat-start-'))
  chmodSync(root, 0o755)
  try {
    return await run(join(root, 'data'), root)
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

/** Tries to start on a folder that cannot be used; mends it, and reads everything back. */
export function refuseAtStart(kind: RefusedKind, scene: Scene, program: Program): Promise<Result> {
  return inFolder(async (folder) => {
    try {
      kind.prepare(scene[kind.from], folder)
      const told = await refusalOf(folder, program)
      const problems = told === undefined ? ['it started'] : problemsOf(kind, told)
      kind.mend(folder)
      const server = await ServerProcess.start(program, { DATA_DIR: folder }, somebody)
      try {
        const after = await readBack(server, { ...unharmed, ...kind, outcome: 'unharmed' }, scene)
        const works = 'nothing: it does not start; after it is mended, everything'
        return { ...after, told: told ?? '', works, problems: [...problems, ...after.problems] }
      } finally {
        await server.kill()
      }
    } finally {
      kind.cleanUp?.(folder)
    }
  })
}

async function refusalOf(folder: string, program: Program): Promise<string | undefined> {
  try {
    const server = await ServerProcess.start(program, { DATA_DIR: folder }, somebody)
    await server.kill()
    return undefined
  } catch (error) {
    return String((error as Error).message)
      .replace(/^.*did not start: /, '')
      .trim()
  }
}

function problemsOf({ says }: RefusedKind, told: string): string[] {
  return [
    ...(told.includes('\n') ? ['its refusal has several lines'] : []),
    ...(says.test(told) ? [] : ['its refusal does not say what is wrong']),
  ]
}

/** Runs a server whose machine has a wrong clock: everything is there, and goes on in order. */
export function moveClock(kind: ClockKind, scene: Scene, program: Program): Promise<Result> {
  return inFolder(async (folder, root) => {
    copyFolder(scene.closed, folder)
    const clock = join(root, 'clock')
    writeFileSync(clock, String(kind.start))
    const env = { DATA_DIR: folder, CLOCK_AHEAD: clock, NODE_OPTIONS: preload('moved-clock.mjs') }
    const server = await ServerProcess.start(program, env)
    try {
      const problems = await stepClock(server, kind, clock)
      const read = await readBack(server, { ...unharmed, ...kind }, scene)
      const told = await toldOf(server, kind.says)
      if (kind.says && told === '') problems.push('nothing is told of it')
      return { ...read, told, works: 'everything', problems: [...problems, ...read.problems] }
    } finally {
      await server.kill()
    }
  })
}

/** A message before the clock is set and one after it; both again with their cids. */
async function stepClock(server: ServerProcess, { later }: ClockKind, clock: string): Promise<string[]> {
  const ann = await server.connect('ann')
  const cid = randomUUID()
  const send = () =>
    ann.get<Message>('message_event', { room_id: 'lobby', message_data: 'by the clock', cid })
  const before = await send()
  if (later !== undefined) {
    writeFileSync(clock, String(later))
    // The clock is read again after 50 ms.
    await new Promise((resolve) => setTimeout(resolve, 1_000))
  }
  const after = await say(ann, 'lobby', 'after the clock was set')
  const again = await send()
  return [
    ...(after.seq === before.seq + 1 ? [] : ['order is lost']),
    ...(again._id === before._id ? [] : ['a retry made a second message']),
  ]
}

async function toldOf(server: ServerProcess, says: RegExp | undefined): Promise<string> {
  const find = () =>
    server.log
      .split('\n')
      .filter((line) => says?.test(line))
      .join('\n')
  for (const until = performance.now() + 15_000; says && find() === '' && performance.now() < until; )
    await new Promise((resolve) => setTimeout(resolve, 200))
  return find()
}

/** Starts on a disk that hangs: that is told, and a signal ends the start. */
export function hangAtStart(scene: Scene, program: Program): Promise<Result> {
  const [id, what] = ['hang-start', 'every sync hangs for 30 s at the start']
  return inFolder(async (folder) => {
    copyFolder(scene.closed, folder)
    const env = { DATA_DIR: folder, NODE_OPTIONS: preload('hanging-opening.mjs') }
    const from = performance.now()
    const hanging = ServerProcess.launch(program, env)
    const told = await toldOf(hanging, /not open yet: its disk does not answer/)
    const problems = told === '' ? ['nothing is told of it'] : []
    const ending = performance.now()
    const ended = await hanging.endedBy('SIGTERM')
    if (ended !== 'SIGTERM') problems.push(`SIGTERM ends it with ${ended}`)
    if (performance.now() - ending > 5_000) problems.push('SIGTERM does not end it within 5 s')
    const server = await ServerProcess.start(program, { DATA_DIR: folder })
    try {
      const after = await readBack(server, { ...unharmed, id, what }, scene)
      const works = `told and ended within ${Math.round((performance.now() - from) / 1_000)} s; afterwards everything`
      return { ...after, told, works, problems: [...problems, ...after.problems] }
    } finally {
      await server.kill()
    }
  })
}
