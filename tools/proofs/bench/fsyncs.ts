import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { accept } from './cells.ts'
import { wait } from './cpu.ts'
import { Contestant, type Program, scratch } from './servers.ts'

/**
 * Counts a server's fsync and fdatasync calls for each acknowledged message, with 64 in flight. It starts its own server,
 * since tracing costs time. Null without strace.
 */
export async function countFsyncs(messages: number, program: Program): Promise<number | null> {
  try {
    execFileSync('strace', ['-V'], { stdio: 'ignore' })
  } catch {
    return null
  }
  const log = join(scratch, 'strace.log')
  // A call that another thread interrupts has a second line, without the parenthesis.
  const calls = () => readFileSync(log, 'latin1').match(/\bf(?:data)?sync\(/g)?.length ?? 0
  const server = await Contestant.start({ key: 'traced', kind: 'durable', program }, log)
  try {
    const cell = await accept(server, { senders: 1, inFlight: 64, messages })
    await cell.run()
    await wait(300)
    const before = calls()
    await cell.run()
    await wait(300)
    return (calls() - before) / messages
  } finally {
    await server.stop()
  }
}
