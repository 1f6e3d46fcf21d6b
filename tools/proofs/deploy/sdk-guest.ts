import { type ChatClient, createChatClient, type LiveStream } from '../../../packages/client/src/index.ts'
import { shopKey } from '../drain/shop-server.ts'
import { DarkTimes } from './dark-times.ts'
import type { Guest, Sent } from './guest.ts'

/** More than is said in a room. */
const kept = { atEnd: 100_000 }

/** Somebody with the SDK. */
export class SdkGuest implements Guest {
  readonly kind = 'sdk'
  readonly user: string
  readonly room: string
  readonly sent: Sent[] = []
  readonly dark = new DarkTimes()
  readonly problems: string[] = []
  readonly repeats = 0
  readonly #client: ChatClient
  readonly #stream: LiveStream
  readonly #stops: (() => void)[] = []

  /** @param isOnlyWebSocket as behind load balancers without sticky sessions */
  constructor(url: string, user: string, room: string, isOnlyWebSocket: boolean) {
    this.user = user
    this.room = room
    const transports = isOnlyWebSocket && { transports: ['websocket'] as const }
    const auth = { ...shopKey, user_id: user }
    this.#client = createChatClient({ url, auth, keptMessages: kept, ...transports })
    this.#stream = this.#client.rooms.messages(room)
    const { connection } = this.#client
    const look = (): void => {
      const { status, error } = connection.getSnapshot()
      if (status === 'offline') this.dark.left()
      if (status === 'refused') this.problems.push(`${user} was refused: ${error?.message}`)
      if (this.isLive) this.dark.back()
    }
    this.#stops.push(connection.subscribe(look), this.#stream.subscribe(look))
    this.#stops.push(this.#stream.retain(), this.#client.connect())
  }

  get isLive(): boolean {
    const isOnline = this.#client.connection.getSnapshot().status === 'online'
    return isOnline && this.#stream.getSnapshot().sync === 'live'
  }

  get state(): string {
    const { status, error } = this.#client.connection.getSnapshot()
    return `SDK ${status} (${error?.message ?? 'no error'}), room ${this.#stream.getSnapshot().sync}`
  }

  get shown(): string[] {
    return this.#stream
      .getSnapshot()
      .messages.map(({ message, delivery }) =>
        delivery === 'sent' ? String(message._id) : `${delivery}: ${message.message_data}`,
      )
  }

  say(text: string): void {
    const sent: Sent = { room: this.room, text, place: undefined }
    this.sent.push(sent)
    this.#stream.send(text).then(
      ({ _id, seq }) => {
        sent.place = { _id, seq }
      },
      (error: Error) => void this.problems.push(`${this.user} could not send ${text}: ${error.message}`),
    )
  }

  close(): void {
    for (const stop of this.#stops) stop()
    this.#client.close()
  }
}
