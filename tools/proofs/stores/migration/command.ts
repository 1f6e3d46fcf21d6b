import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Program, programArgs } from '../server-process.ts'

const root = fileURLToPath(new URL('../../../../', import.meta.url))
/** The command is killed once it prints that it has copied so much of the entries. */
const killAtPercent = [20, 60] as const

/** Moves all data from one address to another; resolves to the percentages at which the command was killed. */
export async function moveWithKills(program: Program, from: string, to: string): Promise<number[]> {
  const killedAt: number[] = []
  for (const percent of [...killAtPercent, null]) {
    const run = await moveOnce(program, ['migrate', '--from', from, '--to', to], percent)
    if (run.killedAt !== null) killedAt.push(run.killedAt)
    else if (run.exitCode !== 0) throw new Error(`migrate ended with ${run.exitCode} and said ${run.said}`)
  }
  return killedAt
}

async function moveOnce(program: Program, args: readonly string[], killAt: number | null) {
  const child = spawn(process.execPath, programArgs(program, ...args), {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  let killedAt: number | null = null
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-4_000)
    const percent = Number(/ entries: +(\d+) %[^\n]*\n$/.exec(said)?.[1] ?? 0)
    if (killAt === null || killedAt !== null || percent < killAt) return
    killedAt = percent
    child.kill('SIGKILL')
  })
  const [exitCode] = (await once(child, 'close')) as [number | null]
  // With an exit code the command ended before the kill.
  return { exitCode, said, killedAt: exitCode === null ? killedAt : null }
}
