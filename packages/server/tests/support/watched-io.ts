import { Server } from 'socket.io'
import { onTestFinished, vi } from 'vitest'
import type { ChatServerOptions } from '../../src/chat-server.ts'
import { laggingIn } from '../../src/sockets/dialects/dialect.ts'
import { waitingBytes } from '../../src/sockets/engine-output.ts'
import type { ChatIo, ChatSocket } from '../../src/sockets/socket.ts'
import { openChat, type TestChat } from '../../src/testing/connect.ts'

/** The connections of a server, for a test to look into. */
export class Watched {
  readonly #io: ChatIo

  constructor(io: ChatIo) {
    this.#io = io
  }

  /** The open connections. */
  get sockets(): ChatSocket[] {
    return [...this.#io.of('/').sockets.values()]
  }

  /** The connection of a user of the current dialect; undefined if the server has none. */
  socketOf(userId: string): ChatSocket | undefined {
    return this.sockets.find(({ data }) => data.session.user_id === userId)
  }

  /** Bytes that wait to be written to a user. */
  waiting(userId: string): number {
    const socket = this.socketOf(userId)
    return socket ? waitingBytes(socket.conn) : 0
  }

  /** Whether a user is sent no entries of a room of `demo`. */
  isLagging(userId: string, room: string): boolean {
    return this.socketOf(userId)?.rooms.has(laggingIn(`current\nstream\ndemo\nroom:${room}`)) ?? false
  }
}

/** Opens servers, and answers what they have opened too. */
export async function watching<T>(open: () => Promise<T>): Promise<[opened: T, watched: Watched[]]> {
  const bind = vi.spyOn(Server.prototype, 'bind')
  try {
    const opened = await open()
    return [opened, bind.mock.contexts.map((io) => new Watched(io as unknown as ChatIo))]
  } finally {
    bind.mockRestore()
  }
}

/** Opens a server; `log` gets what it writes for people to read. */
export async function openWatched(
  options: Partial<ChatServerOptions> = {},
): Promise<{ chat: TestChat; watched: Watched; log: string[] }> {
  const log: string[] = []
  const note = (_fields: object, text: string): void => void log.push(text)
  const logger = { info: note, warn: note, error: note }
  const [chat, [watched]] = await watching(() => openChat(onTestFinished, { logger, ...options }))
  return { chat, watched: watched as Watched, log }
}
