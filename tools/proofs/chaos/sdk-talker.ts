import { type ChatClient, createChatClient, type LiveStream } from '../../../packages/client/src/index.ts'
import type { Link } from '../../../packages/server/src/testing/index.ts'
import { seen } from '../recount/shown.ts'
import { Heard } from './heard.ts'
import { type List, noList, type Sent, type Talker } from './talker.ts'

/** The `auth` of somebody. */
export type AuthOf = (userId: string) => Parameters<typeof createChatClient>[0]['auth']

/** Somebody with the SDK, who sends to rooms and watches them all the time. */
export class SdkTalker implements Talker {
  readonly kind = 'sdk'
  readonly heard: ReadonlyMap<string, Heard>
  readonly sent: Sent[] = []
  readonly user: string
  readonly link: Link
  readonly #client: ChatClient
  readonly #rooms: ReadonlyMap<string, LiveStream>
  readonly #stops: (() => void)[] = []
  #underWay = 0

  /** @param network tells the client of its network, as a browser's events do */
  constructor(
    user: string,
    rooms: readonly string[],
    link: Link,
    authOf: AuthOf,
    network?: (tell: (isOnline: boolean) => void) => () => void,
  ) {
    this.user = user
    this.link = link
    this.#client = createChatClient({
      url: link.url,
      auth: authOf(user),
      keptMessages: { atEnd: 1_000_000 },
      ...(network && { network }),
    })
    this.#rooms = new Map(rooms.map((room) => [room, this.#client.rooms.messages(room)]))
    this.heard = new Map(rooms.map((room) => [room, new Heard()]))
    for (const [room, stream] of this.#rooms) this.#watch(stream, this.heard.get(room))
    this.#stops.push(this.#client.connect())
  }

  get isIdle(): boolean {
    return this.#underWay === 0
  }

  say(room: string, text: string): void {
    const sent: Sent = { room, text, outcome: null }
    this.sent.push(sent)
    this.#underWay += 1
    this.#rooms
      .get(room)
      ?.send(text)
      .then(
        ({ _id, seq, nth }) => {
          sent.outcome = { _id, seq, nth }
        },
        (error: Error) => {
          sent.outcome = { problem: error.message }
        },
      )
      .finally(() => {
        this.#underWay -= 1
      })
  }

  /** What its list of a room shows. */
  shown(room: string): List {
    const state = this.#rooms.get(room)?.getSnapshot()
    if (!state) return noList
    const rows = state.messages.map(({ message, delivery }) => `${seen(message)} ${delivery}`)
    return { rows, hasOlder: state.hasOlder }
  }

  close(): void {
    for (const stop of this.#stops) stop()
    this.#client.close()
  }

  #watch(stream: LiveStream, heard: Heard | undefined): void {
    const look = (): void => {
      const { messages } = stream.getSnapshot()
      // By the author: where a link has lost the server's `hello`, the SDK does not know who it is.
      heard?.look(
        messages.flatMap(({ delivery, message }) =>
          delivery === 'sent'
            ? [{ _id: message._id, nth: message.nth, isOwn: message.author === this.user }]
            : [],
        ),
      )
    }
    this.#stops.push(stream.subscribe(look), stream.retain())
  }
}
