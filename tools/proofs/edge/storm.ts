import { setTimeout as pause } from 'node:timers/promises'
import { Caller } from './caller.ts'
import { startServer } from './server.ts'

/** All come from one address, as behind a proxy that nobody has named. The server's own admission is as it is by default. */
const limits = 'addressConnections=100000,addressHandshakes=100000,addressHandshakesPerSecond=100000'

/** Clients that all drop and come back within 100 ms, while somebody who stays is served. */
export async function storm(count: number) {
  const server = await startServer(limits)
  try {
    const member = new Caller(server.url, 'member')
    await member.enter()
    const callers = Array.from({ length: count }, (_, n) => new Caller(server.url, `caller${n}`))
    const firstMs = await timed(() => Promise.all(callers.map((caller) => caller.enter())))
    await pause(3_000)
    const before = await latencies(member, pause(5_000))
    for (const caller of callers) caller.delays = caller.failures = 0
    for (const caller of callers) caller.drop()
    await pause(100)
    let times: number[] = []
    const start = performance.now()
    const back = Promise.all(
      callers.map(async (caller) => {
        await caller.enter()
        times.push(performance.now() - start)
      }),
    )
    const during = await latencies(member, back)
    times = times.sort((a, b) => a - b)
    return {
      clients: count,
      first_entry_s: seconds(firstMs),
      back_s: { half: seconds(times[times.length >> 1] ?? 0), all: seconds(times.at(-1) ?? 0) },
      told_to_wait: callers.reduce((sum, { delays }) => sum + delays, 0),
      failed_without_a_word: callers.reduce((sum, { failures }) => sum + failures - 1, 0),
      member_ms: { before, during },
    }
  } finally {
    await server.stop()
  }
}

async function latencies(member: Caller, until: Promise<unknown>) {
  let isOver = false
  void until.then(() => {
    isOver = true
  })
  const samples: number[] = []
  while (!isOver) {
    samples.push(await member.ask())
    await pause(20)
  }
  samples.sort((a, b) => a - b)
  const at = (part: number) => Math.round((samples[Math.floor(samples.length * part)] ?? 0) * 10) / 10
  return { p50: at(0.5), p99: at(0.99), samples: samples.length }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10
}
