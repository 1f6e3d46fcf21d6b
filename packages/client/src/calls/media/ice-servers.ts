import type { Connection } from '../../connection/connection.ts'
import type { RequestMethods } from '../../requests/request.ts'
import type { IceServer } from '../dom-types.ts'

/** The servers through which sound and picture are connected: the application's own, and those of the chat's server. */
export interface IceServers {
  /** Never rejects: without an answer there are the application's own. */
  readonly get: () => Promise<RTCIceServer[]>
  /** Tells of other ones whenever those of now are about to expire. */
  readonly follow: (tell: (iceServers: RTCIceServer[]) => void) => () => void
}

/** Credentials are renewed so long before they expire; after a failure it is tried again as much later. */
const marginMs = 60_000
/** A call is not kept waiting any longer. */
const patienceMs = 3_000
const shortestMs = 10_000

export function createIceServers(
  connection: Connection,
  request: RequestMethods,
  own: () => readonly IceServer[],
): IceServers {
  let given: readonly RTCIceServer[] = []
  let until = 0
  let asking: Promise<void> | undefined

  async function ask(): Promise<void> {
    try {
      const { ice_servers, expires_at } = await request.get_ice_servers({})
      // JSON has no `undefined`, which the browser's types exclude.
      given = ice_servers as RTCIceServer[]
      // By the server's clock.
      const validMs = expires_at === null ? Infinity : Date.parse(expires_at) - connection.now()
      until = Date.now() + validMs - marginMs
    } catch {
      // A server that has none, or is older.
      until = Date.now() + marginMs
    }
    asking = undefined
  }

  async function get(): Promise<RTCIceServer[]> {
    // Without a connection there is nobody to ask.
    if (connection.socket.connected && Date.now() >= until) {
      asking ??= ask()
      let timer: ReturnType<typeof setTimeout> | undefined
      const tooLong = new Promise((resolve) => {
        timer = setTimeout(resolve, patienceMs)
      })
      await Promise.race([asking, tooLong])
      clearTimeout(timer)
    }
    return [...own(), ...given] as RTCIceServer[]
  }

  return {
    get,
    follow(tell) {
      let timer: ReturnType<typeof setTimeout> | undefined
      let isFollowed = true
      function wait(): void {
        if (!isFollowed || until === Infinity) return
        timer = setTimeout(() => void renew(), Math.max(until - Date.now(), shortestMs))
      }
      async function renew(): Promise<void> {
        const servers = await get()
        if (isFollowed) tell(servers)
        wait()
      }
      wait()
      return () => {
        isFollowed = false
        clearTimeout(timer)
      }
    },
  }
}
