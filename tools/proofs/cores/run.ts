import { rmSync } from 'node:fs'
import { warmUp } from '../bench/cells.ts'
import { features } from '../bench/features.ts'
import { Contestant, scratch } from '../bench/servers.ts'
import { type DeflatingCost, measureDeflating } from './deflating.ts'
import { type Gain, measureGains } from './gains.ts'
import { fillLongRoom } from './long-room.ts'
import { measureParsing, type ParsingCost } from './parsing.ts'
import { type CarryingCost, measureProcesses } from './processes.ts'
import { measureReads, type Waits } from './reads.ts'
import { measureSecondThread } from './second-thread.ts'
import type { Sizes } from './sizes.ts'
import { letRunOn, namedProgram } from './threads.ts'

export interface Figures {
  readonly gains: readonly Gain[]
  readonly parsing: readonly ParsingCost[]
  readonly deflating: readonly DeflatingCost[]
  readonly processes: readonly CarryingCost[]
  readonly reads: readonly Waits[]
  readonly secondThread: readonly Waits[]
}

function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

/** Measures what a second core gives, and what each way to use more of it costs. */
export async function runCores(size: Sizes): Promise<Figures> {
  try {
    // The small ones first, each alone and on all cores.
    say('the parser in a thread')
    const parsing = await measureParsing(size)
    say('compression')
    const deflating = await measureDeflating(size)
    say('a store in another process')
    const processes = await measureProcesses(size)
    say('reads in a second thread')
    const secondThread = await measureSecondThread(size)
    return { parsing, deflating, processes, secondThread, ...(await measureServers(size)) }
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function measureServers(size: Sizes): Promise<Pick<Figures, 'gains' | 'reads'>> {
  letRunOn(process.pid, '0')
  const start = (kind: 'durable' | 'memory') =>
    Contestant.start({ key: kind, kind, program: namedProgram(), env: features() })
  const servers = { durable: await start('durable'), memory: await start('memory') }
  try {
    for (const server of Object.values(servers)) await warmUp(server, size.warm)
    say('a room of many messages')
    const longRoom = await fillLongRoom(servers.durable, size.longRoom)
    say('one core and two')
    const gains = await measureGains(servers, longRoom, size)
    say('appends beside reads')
    return { gains, reads: await measureReads(servers.durable, longRoom, size) }
  } finally {
    for (const server of Object.values(servers)) await server.stop()
  }
}
