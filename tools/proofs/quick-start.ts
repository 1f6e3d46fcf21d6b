import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openConsumers } from '../../packages/client/tests/packed/consumers.ts'
import { writeAndSee } from './quick-start/page.ts'
import { commandsOf, type Readme, readmeOf } from './quick-start/readme.ts'
import { inFolder, type Program, startProgram, timed } from './quick-start/steps.ts'
import { packed } from './quick-start/tarballs.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/client/src',
  'packages/client/README.md',
  'pnpm-lock.yaml',
  'tools/proofs/quick-start*',
]

/** The quick start of the client's README, followed word for word from an empty folder: how long each step takes a machine. */
export async function prove() {
  const consumers = await openConsumers()
  const folder = await mkdtemp(join(tmpdir(), 'quick-start-'))
  try {
    const tarballs = await packed(join(consumers.react19, '..', 'tarballs'))
    const figures = await follow(folder, readmeOf(), tarballs)
    console.table(figures.seconds)
    return figures
  } finally {
    await Promise.all([consumers.close(), rm(folder, { recursive: true, force: true })])
  }
}

async function follow(folder: string, readme: Readme, tarballs: ReadonlyMap<string, string>) {
  const [prepare, server, page] = commandsOf(readme, tarballs)
  const seconds: Record<string, number> = {}
  const programs: Program[] = []
  const step = async <T>(name: string, work: () => Promise<T>): Promise<T> => {
    const { result, took } = await timed(work)
    seconds[name] = took
    console.error(`${took} s: ${name}`)
    return result
  }
  const start = (command: string, says: RegExp) =>
    step(command, async () => {
      const program = await startProgram(folder, command, says)
      programs.push(program)
      return program.said
    })

  try {
    for (const { command, shown } of prepare) await step(shown, () => inFolder(folder, command))
    await step('save index.html and main.tsx', () => readme.save(folder))
    await start(server, /listens on (http:\S+)/)
    const url = await start(page, /Local:\s+(http:\S+)/)
    const seen = await step('write a message in Chromium and see it', () => writeAndSee(url))
    const total = Object.values(seconds).reduce((sum, one) => sum + one, 0)
    return { seconds: { ...seconds, total: Math.round(total * 10) / 10 }, seen }
  } finally {
    for (const program of programs) program.stop()
  }
}
