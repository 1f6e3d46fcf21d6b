import { setTimeout as pause } from 'node:timers/promises'
import type { Link } from '../../../packages/server/src/testing/index.ts'
import { between, pick, type Random } from '../stores/random.ts'

/** What happens to links, by name, and how often it did. */
export type Faults = Record<string, number>

export interface StormPlan {
  readonly links: readonly Link[]
  readonly random: Random
  /** The pause between two faults. */
  readonly everyMs: { readonly min: number; readonly max: number }
  /** How long a client is away. */
  readonly awayMs: { readonly min: number; readonly max: number }
  readonly signal: AbortSignal
}

interface Fault {
  readonly name: string
  /** Whether neither side is told that the connection is gone. */
  readonly isSilent: boolean
  readonly run: (link: Link, plan: StormPlan) => Promise<void>
}

const away = ({ random, awayMs }: StormPlan) => pause(between(random, awayMs.min, awayMs.max))

/** Half of the cuts are silent: a phone that goes into a tunnel sends no FIN. */
const faults: readonly Fault[] = [
  {
    name: 'closed',
    isSilent: false,
    async run(link) {
      link.cut('close')
    },
  },
  {
    name: 'reset',
    isSilent: false,
    async run(link) {
      link.cut('reset')
    },
  },
  {
    name: 'offline',
    isSilent: false,
    async run(link, plan) {
      link.offline()
      await away(plan)
      link.online()
    },
  },
  ...['black hole', 'black hole, then another network', 'long black hole'].map((name, at) => ({
    name,
    isSilent: true,
    async run(link: Link, plan: StormPlan) {
      link.blackHole()
      await away(plan)
      if (at === 2) await away(plan)
      link.online()
      if (at === 1) link.cut('reset')
    },
  })),
  ...(['ack', 'push', 'request'] as const).map((kind) => ({
    name: `${kind} lost`,
    isSilent: true,
    async run(link: Link) {
      void link.dropNext(kind)
    },
  })),
  ...(['push', 'request'] as const).map((kind) => ({
    name: `${kind} doubled`,
    isSilent: true,
    async run(link: Link) {
      void link.duplicateNext(kind)
    },
  })),
  {
    name: 'pushes out of order',
    isSilent: true,
    async run(link) {
      void link.reorderNext('push')
    },
  },
  {
    name: 'slow',
    isSilent: true,
    async run(link, plan) {
      link.delay({ min: 0, max: 300 })
      await away(plan)
      link.delay(0)
    },
  },
]

export const silentFaults: ReadonlySet<string> = new Set(
  faults.filter(({ isSilent }) => isSilent).map(({ name }) => name),
)

/** Breaks one link after the other until it is told to stop, then waits until all are whole. Answers what it has done. */
export async function storm(plan: StormPlan): Promise<Faults> {
  const done: Faults = {}
  const busy = new Map<Link, Promise<void>>()
  while (!plan.signal.aborted) {
    const free = plan.links.filter((link) => !busy.has(link))
    if (free.length > 0) {
      const link = pick(plan.random, free)
      const fault = pick(plan.random, faults)
      done[fault.name] = (done[fault.name] ?? 0) + 1
      busy.set(
        link,
        fault.run(link, plan).finally(() => busy.delete(link)),
      )
    }
    await pause(between(plan.random, plan.everyMs.min, plan.everyMs.max))
  }
  await Promise.all(busy.values())
  return done
}
