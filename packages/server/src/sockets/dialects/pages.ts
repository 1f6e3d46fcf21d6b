import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import { isAnonymous } from '../../identity/anonymous.ts'
import type { Nodes } from '../../nodes/nodes.ts'
import type { ChatIo, ChatSocket } from '../socket.ts'

/** The sockets of one page connect within this time. */
const togetherMs = 10_000
/** A page has up to a dozen; where there are more, nobody can tell whose they are. */
const mostSockets = 24

/** Which page's sockets are asked for, and when the asking one has connected. */
const Question = z.object({ page: z.string(), issued: z.number() })
/** The ids of sockets; one more than a page has says that there are too many. */
const Ids = z.array(z.string().check(z.maxLength(64))).check(z.maxLength(mostSockets + 1))

/** Which sockets look as if they were one page's, on all servers: of one address, browser and origin, and without identity. */
export class Pages {
  readonly #io: ChatIo
  readonly #nodes: Pick<Nodes, 'ask' | 'answer' | 'read'>

  constructor(io: ChatIo, nodes: Pick<Nodes, 'ask' | 'answer' | 'read'>) {
    this.#io = io
    this.#nodes = nodes
    nodes.answer('sockets_of_page', (data) => {
      const asked = nodes.read(Question, data)
      return asked ? this.#idsOf(asked.page, asked.issued) : []
    })
  }

  /** Notes to which page a new socket belongs. */
  join(socket: ChatSocket): void {
    const page = pageOf(socket)
    if (page !== undefined) void socket.join(roomOf(page))
  }

  /** The ids of the other sockets of the page that a socket belongs to. */
  async othersOf(socket: ChatSocket): Promise<string[]> {
    const page = pageOf(socket)
    if (page === undefined) return []
    const { issued } = socket.handshake
    const answers = await this.#nodes.ask('sockets_of_page', { page, issued } satisfies z.infer<
      typeof Question
    >)
    const elsewhere = answers.flatMap((answer) => this.#nodes.read(Ids, answer ?? []) ?? [])
    const others = [...this.#idsOf(page, issued), ...elsewhere].filter((id) => id !== socket.id)
    return others.length > mostSockets ? [] : others
  }

  /** Those on this server. */
  #idsOf(page: string, issued: number): string[] {
    const { adapter, sockets } = this.#io.of('/')
    const ids: string[] = []
    for (const id of adapter.rooms.get(roomOf(page)) ?? []) {
      const at = sockets.get(id)?.handshake.issued
      if (at !== undefined && Math.abs(at - issued) <= togetherMs) ids.push(id)
      if (ids.length > mostSockets) break
    }
    return ids
  }
}

/** A name for the page of a socket; undefined for sockets without an Origin, which are no page's. */
function pageOf({ handshake, data }: ChatSocket): string | undefined {
  const { origin, 'user-agent': agent = '' } = handshake.headers
  if (origin === undefined || !isAnonymous(data.session)) return undefined
  const { workspace_id } = data.session
  const name = JSON.stringify([workspace_id, data.address, agent, origin])
  return createHash('sha256').update(name).digest('base64url')
}

/** The socket.io room of a page's sockets. */
function roomOf(page: string): string {
  return `v2\npage\n${page}`
}
