import { damageAtRest, type Result } from './damage/at-rest.ts'
import { hangAtStart, moveClock, refuseAtStart } from './damage/at-start.ts'
import { kinds } from './damage/kinds.ts'
import { makeScene } from './damage/scene.ts'
import { clockKinds, refusedKinds } from './damage/start-kinds.ts'
import { damageWhileRunning, runningKinds, untraceable } from './damage/while-running.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'pnpm-lock.yaml',
  'tools/proofs/damage*',
  ':!**/*.test.ts*',
]

/** Damages a data folder in more than sixty ways, at rest, at the start and while a server runs on it: what is told, and what still works. */
export async function prove() {
  const isQuick = process.argv.includes('--quick')
  const program = isQuick ? 'source' : 'build'
  const results: Result[] = []
  const note = (result: Result): void => {
    results.push(result)
    process.stdout.write(`${result.problems.length === 0 ? 'ok   ' : 'WRONG'} ${result.id}: ${result.told}\n`)
    for (const problem of result.problems) process.stdout.write(`      ${problem}\n`)
  }
  const only = process.argv.slice(3).filter((one) => !one.startsWith('--'))
  const isWanted = ({ id }: { readonly id: string }) => only.length === 0 || only.includes(id)
  const scene = await makeScene(program)
  try {
    for (const kind of kinds.filter(isWanted)) note(await damageAtRest(kind, scene, program))
    for (const kind of refusedKinds.filter(isWanted)) note(await refuseAtStart(kind, scene, program))
    for (const kind of clockKinds.filter(isWanted)) note(await moveClock(kind, scene, program))
    if (isWanted({ id: 'hang-start' })) note(await hangAtStart(scene, program))
  } finally {
    scene.remove()
  }
  const untried = await untraceable
  if (untried !== undefined) process.stdout.write(`Not on a bad disk: ${untried}\n`)
  for (const kind of runningKinds.filter(isWanted)) {
    if (untried !== undefined && kind.id.match(/hang|full|error/)) continue
    note(await damageWhileRunning(kind, program))
  }
  const wrong = results.filter(({ problems }) => problems.length > 0)
  process.stdout.write(`${results.length} kinds of damage, ${wrong.length} of them wrong\n`)
  if (wrong.length > 0) process.exitCode = 1
  return { quick: isQuick, kinds: results.length, wrong: wrong.length, results }
}
