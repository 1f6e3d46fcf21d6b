import type { TestSocket } from '../../src/testing/connect.ts'

/** Ends a connection as a lost network does: without socket.io's goodbye. */
export async function drop(socket: TestSocket): Promise<void> {
  socket.socket.io.engine.close()
  await socket.closed()
}
