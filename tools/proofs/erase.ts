import { eraseUnderKills } from './erase/erase-under-kills.ts'
import { openPlace } from './stores/open-place.ts'
import type { Driver } from './stores/place.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/client/src',
  'pnpm-lock.yaml',
  'tools/proofs/erase*',
  ':!**/*.test.ts*',
]

/** Erases one of 100 people in 10,000 messages on both stores, killing the server twice on the way, while others watch. */
export async function prove() {
  const isQuick = process.argv.includes('--quick')
  const size = isQuick ? { people: 10, messagesOfEach: 100 } : { people: 100, messagesOfEach: 100 }
  const figures = []
  for (const driver of ['embedded', 'mongo'] satisfies Driver[]) {
    const place = await openPlace(driver)
    try {
      const program = isQuick ? 'source' : 'build'
      figures.push({ driver, ...size, ...(await eraseUnderKills(place, size, program)) })
    } finally {
      await place.remove()
    }
  }
  console.table(figures.map(({ problems, ...figure }) => ({ ...figure, problems: problems.length })))
  const problems = figures.flatMap(({ driver, problems }) => problems.map((one) => `${driver}: ${one}`))
  for (const problem of problems) process.stdout.write(`WRONG: ${problem}\n`)
  if (problems.length > 0) process.exitCode = 1
  return { quick: isQuick, figures }
}
