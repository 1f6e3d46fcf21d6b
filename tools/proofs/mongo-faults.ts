import { storm } from './mongo-faults/storm.ts'
import { tryAll } from './mongo-faults/table.ts'
import { describeDatabase } from './stores/describe-database.ts'

export const measured = [
  'packages/server/src/stores',
  'packages/server/tests/support/mongo-*.ts',
  'pnpm-lock.yaml',
  'tools/proofs/mongo-faults*',
  ':!**/*.test.ts',
]

/**
 * Every kind of trouble with MongoDB, for every kind of write; then random trouble and elections under writers of two stores:
 * nobody is answered falsely, everything that was acknowledged is stored once, and the store goes on by itself.
 */
export async function prove() {
  const isQuick = process.argv.includes('--quick')
  const seed = Number(process.argv.find((one) => one.startsWith('--seed='))?.slice(7) ?? 1)
  const mongo = await describeDatabase()
  const table = await tryAll(isQuick)
  console.table(table.rows.map(({ problems, ...figures }) => figures))
  const stormy = await storm({ seed, seconds: isQuick ? 15 : 180, writers: 8, rooms: 3, deadlineMs: 2_000 })
  const { problems: stormProblems, ...figures } = stormy
  console.table([figures])
  const problems = [...table.rows.flatMap((row) => row.problems), ...table.problems, ...stormProblems]
  for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
  return { quick: isQuick, seed, mongo, table, storm: stormy }
}
