import { setTimeout as pause } from 'node:timers/promises'
import { type ChatClient, createChatClient, type LiveStream } from '../../../packages/client/src/index.ts'
import { type Link, openLink } from '../../../packages/server/src/testing/index.ts'
import { shopKey } from '../drain/shop-server.ts'
import type { Fleet } from './fleet.ts'

const deadlineMs = 30_000
/** A server that dies closes its connections, which its clients hear at once; more only on a busy machine. */
const noticesWithinMs = 5_000

export interface Truth {
  /** What the clients have shown of each message of the room in the end: text and delivery. */
  readonly rows: Readonly<Record<'ann' | 'ben', readonly string[]>>
  /** What was shown and was not so. */
  readonly lies: readonly string[]
}

/** Somebody with the SDK in the room, on a server of their own. */
class Member {
  at: number
  readonly #link: Link
  readonly #client: ChatClient
  readonly room: LiveStream
  readonly #leave: (() => void)[] = []

  private constructor(at: number, link: Link, client: ChatClient) {
    this.at = at
    this.#link = link
    this.#client = client
    this.room = client.rooms.messages('truth')
  }

  static async enter(user_id: string, fleet: Fleet, at: number): Promise<Member> {
    let member: Member | undefined
    const link = await openLink(() => fleet.nodes[member?.at ?? at]?.url ?? '')
    const client = createChatClient({ url: link.url, auth: { ...shopKey, user_id } })
    member = new Member(at, link, client)
    member.#leave.push(member.room.retain(), client.connect())
    return member
  }

  get sync(): string {
    return this.room.getSnapshot().sync
  }

  get rows(): string[] {
    return this.room
      .getSnapshot()
      .messages.map(({ message, delivery }) => `${message.message_data}: ${delivery}`)
  }

  say(text: string): void {
    // What becomes of it is looked at in its row.
    this.room.send(text).catch(() => undefined)
  }

  /** The network lets it to another server. */
  moveTo(at: number): void {
    this.at = at
    this.#link.cut()
  }

  async leave(): Promise<void> {
    for (const leave of this.#leave) leave()
    this.#client.close()
    await this.#link.close()
  }
}

/**
 * Ann and Ben are in a room on two servers, and Ann's is killed. She must be told that she is not level, and her messages must be
 * sending until another server has them; Ben must see no difference.
 */
export async function truthOfClients(fleet: Fleet): Promise<Truth> {
  const lies: string[] = []
  const [ann, ben] = [await Member.enter('ann', fleet, 0), await Member.enter('ben', fleet, 1)]
  const stopWatching = ben.room.subscribe(() => {
    if (ben.sync !== 'live') lies.push(`Ben, whose server lives, is shown as ${ben.sync}`)
  })
  try {
    await until(() => ann.sync === 'live' && ben.sync === 'live')
    lies.length = 0
    ann.say('one')
    await until(() => [ann, ben].every(({ rows }) => rows.join() === 'one: sent'))
    await fleet.nodes[0]?.kill()
    await until(() => ann.sync !== 'live', noticesWithinMs)
    ann.say('two')
    ben.say('three')
    await until(() => ben.rows.join() === 'one: sent,three: sent')
    // While nobody takes her message it is neither sent nor failed, and nothing is shown as current.
    for (let n = 0; n < 20; n++) {
      if (ann.sync === 'live') lies.push('Ann, whose server is dead, is shown as live')
      if (ann.rows.join() !== 'one: sent,two: sending') lies.push(`Ann is shown ${ann.rows.join()}`)
      await pause(50)
    }
    ann.moveTo(1)
    const end = 'one: sent,three: sent,two: sent'
    await until(() => [ann, ben].every(({ rows, sync }) => sync === 'live' && rows.join() === end))
    await fleet.nodes[0]?.start()
    return { rows: { ann: ann.rows, ben: ben.rows }, lies }
  } finally {
    stopWatching()
    await Promise.all([ann.leave(), ben.leave()])
  }
}

async function until(isSo: () => boolean, withinMs = deadlineMs): Promise<void> {
  for (const end = performance.now() + withinMs; !isSo(); await pause(10))
    if (performance.now() > end) throw new Error(`It did not become so: ${isSo}`)
}
