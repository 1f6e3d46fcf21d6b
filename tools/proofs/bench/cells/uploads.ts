import { makeCid, nextUser } from '../ids.ts'
import type { Cell } from '../measure.ts'
import { repeat } from '../repeat.ts'
import type { Contestant } from '../servers.ts'
import { ask, connectAs } from './ask.ts'

// Small, so that nobody's day is used up by it: no bytes are uploaded.
const file = { name: 'photo.png', type: 'image/png', size: 1_000, width: 640, height: 480 }

/** Asks where a file may be uploaded to. */
export async function uploads(server: Contestant, shape: { requests: number }): Promise<Cell> {
  const socket = await connectAs(server, nextUser())
  return {
    run: () => repeat(shape.requests, () => ask(socket, 'create_upload', { ...file, cid: makeCid() })),
  }
}
