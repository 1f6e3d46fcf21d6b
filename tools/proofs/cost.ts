import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MongoProcess } from '../../packages/server/tests/support/mongo-process.ts'
import { embeddedLine, type MeasuredLine, mongoLine } from './cost/lines.ts'
import { measureLines, type StepFigures } from './cost/measure.ts'
import { visitRooms } from './cost/visited-rooms.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'pnpm-lock.yaml',
  'tools/proofs/cost*',
  ':!**/*.test.ts*',
]

/** SQLite's bar: a step beside many open tickets against the same beside ten. */
const mostRatio = 2
/** What reads a ticket's place counts up to 1,000 before it: these are compared with the same beside 1,000. */
const counts = /^(reading|a page)/
/** That of a real MongoDB: what a step takes more than beside ten, in counts of the whole line. */
const mostCounts = 2
const mostKeptMb = 64

/** What requests for tickets cost beside 10 open ones and beside many, and what rooms that were visited once keep. */
export async function prove() {
  const isQuick = process.argv.includes('--quick')
  const sizes = isQuick ? [10, 200, 2_000] : [10, 1_000, 50_000]
  const rounds = isQuick ? 20 : 200
  const memory = await ofLines((size) => embeddedLine(':memory:', size), sizes, rounds)
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-cost-'))
  const file = await ofLines((size) => embeddedLine(join(folder, `${size}`), size), sizes, rounds).finally(
    () => rmSync(folder, { recursive: true, force: true }),
  )
  const mongo = await ofMongo(isQuick)
  const visited = await visitRooms(isQuick ? 20_000 : 200_000)
  for (const figures of [memory, file, mongo.figures]) console.table(figures)
  console.table([visited])
  report([
    ...wrongIn('in memory', memory),
    ...wrongIn('in a file', file),
    ...wrongInMongo(mongo.figures, mongo.isStandIn),
  ])
  if (visited.keptMb > mostKeptMb) report([`${visited.rooms} rooms keep ${visited.keptMb} MB`])
  return { quick: isQuick, memory, file, mongo, visited }
}

async function ofLines(
  openLine: (size: number) => Promise<MeasuredLine>,
  sizes: readonly number[],
  rounds: number,
): Promise<StepFigures[]> {
  const lines: MeasuredLine[] = []
  try {
    for (const size of sizes) lines.push(await openLine(size))
    return await measureLines(lines, rounds)
  } finally {
    for (const line of lines) await line.close()
  }
}

/** Fewer: the stand-in for MongoDB reads the whole collection where MongoDB reads one key. */
async function ofMongo(isQuick: boolean): Promise<{ isStandIn: boolean; figures: StepFigures[] }> {
  const mongo = await MongoProcess.start({ isLong: true })
  try {
    const sizes = isQuick ? [10, 200, 1_000] : [10, 500, 3_000]
    const figures = await ofLines((size) => mongoLine(mongo, size), sizes, isQuick ? 3 : 10)
    return { isStandIn: mongo.isStandIn, figures }
  } finally {
    await mongo.remove()
  }
}

function wrongIn(where: string, figures: readonly StepFigures[]): string[] {
  return figures.flatMap(({ what, open, medianMs }) => {
    const same = figures.filter((one) => one.what === what)
    const least = counts.test(what) ? same.slice(0, 2).map((one) => one.medianMs) : [same[0]?.medianMs ?? 0]
    const ratio = medianMs / Math.max(...least)
    return ratio > mostRatio ? [`${what} ${where} beside ${open}: ${ratio.toFixed(2)} ×`] : []
  })
}

function wrongInMongo(figures: readonly StepFigures[], isStandIn: boolean): string[] {
  // The stand-in sorts and groups many times more slowly than it counts, which says nothing of MongoDB.
  if (isStandIn) return []
  return figures.flatMap(({ what, open, medianMs, ofOneCount }) => {
    const least = figures.find((one) => one.what === what)?.medianMs ?? 0
    const countMs = ofOneCount === null ? 0 : medianMs / ofOneCount
    const more = (medianMs - least) / countMs
    return more > mostCounts ? [`${what} in MongoDB beside ${open}: ${more.toFixed(2)} counts`] : []
  })
}

function report(problems: readonly string[]): void {
  for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
}
