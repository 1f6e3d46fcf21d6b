import { repeat } from '../bench/repeat.ts'
import type { Entrant } from './server.ts'

const roomMembers = 20
const settlers = 200

/** KiB of resident memory that each idle connection in a room of 20 adds, in a server of its own after some others. */
export async function measureIdle({ start }: Entrant, count: number): Promise<number> {
  const server = await start()
  try {
    const join = (n: number) => server.join(`idle-${Math.floor(n / roomMembers)}`)
    await repeat(settlers, async (n) => (await join(n)).close())
    const before = await server.residentBytes()
    await repeat(count, join)
    return ((await server.residentBytes()) - before) / 1_024 / count
  } finally {
    await server.stop()
  }
}
