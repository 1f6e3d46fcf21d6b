import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { embeddedStore } from '../../../packages/server/src/stores/embedded/index.ts'
import { makeDraft, roomKey } from '../stores/drafts.ts'

export interface DiskFigures {
  readonly messages: number
  /** Bytes in the data folder for each message of a hundred letters, indexes included. */
  readonly bytesEach: number
}

const batch = 200
const rooms = 100

/** How much of the disk messages take, in the embedded store. */
export async function measureDiskUse(messages: number): Promise<DiskFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'dowellchat-capacity-'))
  try {
    const fill = async (count: number): Promise<number> => {
      const store = await embeddedStore({ path: folder })
      for (let n = 0; n < count; n += batch) {
        const drafts = Array.from({ length: batch }, () => makeDraft('ann'))
        await store.streams.append(roomKey(`room ${(n / batch) % rooms}`), drafts)
      }
      await store.close()
      return bytesIn(folder)
    }
    const empty = await fill(0)
    return { messages, bytesEach: ((await fill(messages)) - empty) / messages }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0)
}
