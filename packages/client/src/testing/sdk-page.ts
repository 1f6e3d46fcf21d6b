import { type ChatAuth, type ChatClient, type ChatClientOptions, createChatClient } from '../index.ts'

/** A page with our SDK; runs in the page. */
export interface SdkPage {
  readonly client: ChatClient
  /** Connects as a user; resolves when it is online. */
  open(url: string, user_id: string): Promise<void>
  /** Connects; resolves to the user's id when it is online. */
  enter(url: string, auth: ChatAuth, options?: Partial<ChatClientOptions>): Promise<string | undefined>
  /** The state of the client's calls, as plain data that can leave the page. */
  state(): ReturnType<typeof state>
  /** What a promise rejects with, as plain data; null if it resolves. */
  failure(promise: Promise<unknown>): Promise<PlainError | null>
  /** The statuses that the current call went through. */
  readonly statuses: string[]
}

export interface PlainError {
  readonly name: string
  readonly code: string
  readonly message: string
}

declare global {
  interface Window {
    sdk: SdkPage
  }
}

let client: ChatClient | undefined
const statuses: string[] = []

window.sdk = {
  get client() {
    if (!client) throw new Error('Not opened')
    return client
  },
  async open(url, user_id) {
    await this.enter(url, { workspace_id: 'demo', api_key: 'demo-key', user_id, name: user_id })
  },
  enter(url, auth, options = {}) {
    const opened = createChatClient({ url, auth, ...options })
    client = opened
    opened.calls.subscribe(() => {
      const { current } = opened.calls.getSnapshot()
      if (current && current.status !== statuses.at(-1)) statuses.push(current.status)
      if (current?.remote) window.watched.show(current.remote)
    })
    return new Promise((resolve) => {
      opened.connection.subscribe(() => {
        const { status, session } = opened.connection.getSnapshot()
        if (status === 'online') resolve(session?.user_id)
      })
      opened.connect()
    })
  },
  state,
  failure: (promise) => promise.then(() => null, plain),
  statuses,
}

function state() {
  const { current, incoming } = window.sdk.client.calls.getSnapshot()
  const media = window.sdk.client.calls.media.getSnapshot()
  return {
    current: current && {
      ...current,
      remote: kinds(current.remote),
      remoteScreen: kinds(current.remoteScreen),
      error: plain(current.error),
    },
    incoming,
    media: {
      stream: kinds(media.stream),
      microphone: { ...media.microphone, error: plain(media.microphone.error) },
      camera: { ...media.camera, error: plain(media.camera.error) },
      screen: { ...media.screen, error: plain(media.screen.error) },
      screenStream: kinds(media.screenStream),
    },
  }
}

function kinds(stream: MediaStream | null): string[] | null {
  const tracks = stream?.getTracks()
  return tracks?.map(({ kind }) => kind).sort() ?? null
}

function plain(error: PlainError | null): PlainError | null {
  return error && { name: error.name, code: error.code, message: error.message }
}
