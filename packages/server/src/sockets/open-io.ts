import { type Server as HttpServer, ServerResponse } from 'node:http'
import { limits as frameLimits } from '@dowellchat/protocol'
import { Server } from 'socket.io'
import { Admission } from '../http/admission.ts'
import { attachEndpoint, type Endpoint } from '../http/endpoints.ts'
import { type Guard, guardRequests } from '../http/guard.ts'
import type { Origins } from '../http/origins.ts'
import type { AddressOf } from '../identity/address.ts'
import type { Limits } from '../limits.ts'
import type { Meter } from '../metrics/meter.ts'
import { Connecting } from './connecting.ts'
import { ChatEngine } from './engine.ts'
import { FrameDecoder, FrameEncoder } from './frames.ts'
import type { ChatIo } from './socket.ts'
import { FairWebSockets } from './web-sockets.ts'

interface IoOptions {
  /** Where on the HTTP server the sockets are. */
  readonly path: string
  readonly origins: Origins
  /** Whether any workspace has origins of its own. */
  readonly isRestricted: boolean
  readonly limits: Limits
  readonly addressOf: AddressOf
  readonly meter: Meter | undefined
}

/** socket.io on a path of an HTTP server. */
export interface OpenIo {
  readonly io: ChatIo
  readonly connecting: Connecting
  /** Takes requests from now on. Nobody may come in before `io` has what decides about it. */
  attach(http: HttpServer): void
  /** Opens no further connection. */
  refuse(): void
  /** Takes no further request, and leaves the HTTP server as it was found. */
  detach(): void
}

export function openIo(options: IoOptions): OpenIo {
  const { path, origins, isRestricted, limits, addressOf, meter } = options
  const engine = new ChatEngine({
    maxHttpBufferSize: frameLimits.frame_bytes,
    // Every origin may come if none is configured: credentials travel in `auth`, never in cookies.
    cors: { origin: origins ? [...origins] : '*', preflightContinue: true },
    wsEngine: FairWebSockets,
  })
  const admission = new Admission({ limits, addressOf, meter })
  const connecting = new Connecting(admission, limits.connectMs, meter)
  const io: ChatIo = new Server({
    parser: { Encoder: FrameEncoder, Decoder: FrameDecoder },
    // `Connecting` comes first: socket.io would wait for clients that poll to ask once more.
    connectTimeout: 2 * limits.connectMs,
    serveClient: false,
  })
  io.bind(engine)
  const guard = guardRequests({ origins, isRestricted, admission, find: (sid) => engine.find(sid) })
  // Behind engine.io's own middleware, so that pages of other origins can read a refusal.
  engine.use(onlyPolling(guard))
  engine.on('connection', connecting.follow)
  const endpoint: Endpoint = {
    path,
    onRequest: (request, response) => engine.handleRequest(request, response),
    // No page can read why an upgrade is refused, so it is refused before engine.io has any work.
    onUpgrade: (request, socket, head) =>
      guard(request, { socket }, () => engine.handleUpgrade(request, socket, head)),
  }
  let detach: (() => void) | undefined
  return {
    io,
    connecting,
    attach(http) {
      detach = attachEndpoint(http, endpoint)
    },
    refuse: () => admission.close(),
    detach() {
      detach?.()
      connecting.stop()
    },
  }
}

/** engine.io runs its middleware for upgrades too, with another object as response. */
function onlyPolling(guard: Guard): Guard {
  return (request, response, next) =>
    response instanceof ServerResponse ? guard(request, response, next) : next()
}
