import { setTimeout as pause } from 'node:timers/promises'
import type { Db } from 'mongodb'
import { StoreOpenError } from '../store.ts'

/** A server renews its row every second; one whose number has not risen for so long has ended. */
const silentMs = 4_000
const lookEveryMs = 250

interface Node {
  readonly _id: string
  readonly beat: number
}

/** Where no row is left, it costs one look. @throws StoreOpenError where a server uses the database */
export async function expectUnused(db: Db): Promise<void> {
  const beats = async (): Promise<Map<string, number>> => {
    const rows = await db.collection<Node>('nodes').find().toArray()
    return new Map(rows.map(({ _id, beat }) => [_id, beat]))
  }
  const first = await beats()
  if (first.size === 0) return
  for (const end = performance.now() + silentMs; performance.now() < end; ) {
    await pause(lookEveryMs)
    const now = [...(await beats())]
    if (now.some(([id, beat]) => beat > (first.get(id) ?? 0))) {
      throw new StoreOpenError(
        `The database ${db.databaseName} is in use by a server: stop all servers of it first`,
      )
    }
  }
}
