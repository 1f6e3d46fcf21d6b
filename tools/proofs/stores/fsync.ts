import { fileURLToPath } from 'node:url'
import { tracingProblem } from '../../../packages/server/tests/support/bad-disk.ts'
import { type ErrorFigures, writeOnFailingDisk } from './fsync/failing-disk.ts'
import { insertHastily } from './fsync/hasty-insert.ts'
import { type DelayFigures, writeOnSlowDisk } from './fsync/slow-disk.ts'
import { openPlace } from './open-place.ts'
import type { Driver } from './place.ts'
import type { Program } from './server-process.ts'

export interface FsyncFigures {
  readonly driver: Driver
  readonly slow: DelayFigures
  /** The same for a store that does not wait for the disk, which the proof must notice; null if there is none. */
  readonly hasty: DelayFigures | null
  readonly failing: ErrorFigures
}

const withoutFsync = fileURLToPath(
  new URL('../../../packages/server/tests/support/synchronous-off.mjs', import.meta.url),
)

/** Null if processes cannot be traced; the reason is then on standard error. */
export async function proveFsync(driver: Driver, program: Program): Promise<FsyncFigures | null> {
  const problem = await tracingProblem()
  if (problem !== undefined) {
    process.stderr.write(`fsync is left out: strace is needed, and ${problem}\n`)
    return null
  }
  return {
    driver,
    slow: await writeOnSlowDisk(await openPlace(driver), program),
    hasty: driver === 'embedded' ? await writeWithoutFsync(program) : await insertHastily(),
    failing: await writeOnFailingDisk(driver, program),
  }
}

async function writeWithoutFsync(program: Program): Promise<DelayFigures> {
  return writeOnSlowDisk(await openPlace('embedded'), program, { NODE_OPTIONS: `--import=${withoutFsync}` })
}

/** What is wrong with the figures; empty if the store keeps its promise. */
export function fsyncProblems({ driver, slow, hasty, failing }: FsyncFigures): string[] {
  const problems: [isWrong: boolean, problem: string][] = [
    [slow.early > 0, `${slow.early} answers or pushes came before they can have been on the disk`],
    [slow.arrivals === 0, 'nothing was answered on a slow disk'],
    [hasty !== null && hasty.early === 0, 'what does not wait for the disk was not found out'],
    [
      failing.unavailable !== failing.requests,
      `${failing.requests - failing.unavailable} were not unavailable`,
    ],
    [failing.heardByOthers > 0, `others heard ${failing.heardByOthers} pushes of what was refused`],
    [failing.stored !== failing.sent, `${failing.sent} were sent and retried, ${failing.stored} are stored`],
    [failing.holes > 0, `the log has ${failing.holes} holes`],
  ]
  return problems.filter(([isWrong]) => isWrong).map(([, problem]) => `${driver}: ${problem}`)
}
