import { Server } from 'socket.io'
import { onTestFinished, vi } from 'vitest'
import type { ChatServerOptions } from '../../src/chat-server.ts'
import { waitingBytes } from '../../src/sockets/engine-output.ts'
import type { ChatIo, ChatSocket } from '../../src/sockets/socket.ts'
import { openChat, type TestChat } from '../../src/testing/connect.ts'

/** A server whose connections a test can look into. */
export interface WatchedChat {
  readonly chat: TestChat
  /** The connection of a user of the current dialect; undefined if the server has none. */
  socketOf(userId: string): ChatSocket | undefined
  /** The open connections. */
  sockets(): ChatSocket[]
  /** Bytes that wait to be written to a socket. */
  waiting(socket: ChatSocket | undefined): number
  /** What the server has logged for people to read. */
  readonly log: string[]
}

export async function openWatched(options: Partial<ChatServerOptions> = {}): Promise<WatchedChat> {
  const bind = vi.spyOn(Server.prototype, 'bind')
  const log: string[] = []
  const note = (_fields: object, text?: string): void => void log.push(text ?? '')
  const chat = await openChat(onTestFinished, {
    logger: { info: note, warn: note, error: note },
    ...options,
  })
  const io = bind.mock.contexts.at(-1) as unknown as ChatIo
  bind.mockRestore()
  const sockets = () => [...io.of('/').sockets.values()]
  return {
    chat,
    log,
    sockets,
    socketOf: (userId) => sockets().find(({ data }) => data.session.user_id === userId),
    waiting: (socket) => (socket ? waitingBytes(socket.conn) : 0),
  }
}
