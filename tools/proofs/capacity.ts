import { pin } from './bench/cpu.ts'
import { ourProgram } from './bench/servers.ts'
import { type Figures, runCapacity } from './capacity/run.ts'
import { describe } from './capacity/table.ts'
import { numberAfter } from './support/options.ts'

export const measured = [
  'packages/protocol/src',
  'packages/server/src',
  'packages/server/tsup.config.ts',
  'pnpm-lock.yaml',
  'tools/proofs/bench/*',
  'tools/proofs/capacity*',
  ':!**/*.test.ts',
  ':!packages/server/src/testing',
]

interface Run {
  readonly quick: boolean
  /** Whether the server had one core, and the load the other. */
  readonly pinned: boolean
  readonly minutes: number
}

const usual = 10_000

/** `pnpm prove capacity 25000`, or with `--connections 2000` to look only. */
function wanted(): number {
  const named = Number(process.argv[3])
  return numberAfter('--connections') ?? (named > 0 ? named : usual)
}

/**
 * How many idle connections one node holds, beside a bare socket.io server: what each costs in memory and CPU, how a
 * message travels meanwhile, and what ended it. The limits for connections and handshakes are raised.
 */
export async function prove(): Promise<Run & Figures> {
  const quick = process.argv.includes('--quick')
  const start = performance.now()
  const size = {
    connections: wanted(),
    shares: quick ? [1] : [0.25, 0.5, 1],
    idleSeconds: quick ? 25 : 50,
    messages: quick ? 50 : 300,
    stored: quick ? 20_000 : 200_000,
    settlers: 200,
  }
  const pinned = pin(process.pid, 0)
  const figures = await runCapacity(ourProgram(), size, (text) => void process.stderr.write(`${text}\n`))
  const minutes = (performance.now() - start) / 60_000
  process.stdout.write(`${describe(figures)}\n\n${minutes.toFixed(1)} minutes\n`)
  return { quick, pinned, minutes, ...figures }
}
