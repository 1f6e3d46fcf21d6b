import type { Server as HttpServer, IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { StartError } from '../errors.ts'
import { answerJson, noSuchPage, refuseUpgrade } from './answer.ts'
import { pathOf } from './route.ts'

/** Answers what comes for one path of an HTTP server. */
export interface Endpoint {
  /** Without a slash at its end; requests may have one. */
  readonly path: string
  onRequest(request: IncomingMessage, response: ServerResponse): void
  onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void
}

/** Of each HTTP server: several chat servers on it share their listeners, whichever ends first. */
const endpointsOf = new WeakMap<HttpServer, Endpoints>()

/**
 * Lets an endpoint answer its path of an HTTP server, and leaves all else to the listeners that are there. The answer
 * detaches it: the listeners then are as they were found. Where there were none, one that answers 404 stays.
 * @throws StartError if the path is taken by another endpoint
 */
export function attachEndpoint(http: HttpServer, endpoint: Endpoint): () => void {
  const endpoints = endpointsOf.get(http) ?? new Endpoints(http)
  endpointsOf.set(http, endpoints)
  endpoints.add(endpoint)
  return () => endpoints.remove(endpoint)
}

/** Without a listener Node lets clients wait for ever, and clients come back while a chat server restarts. */
function answerAlone(this: HttpServer, _request: IncomingMessage, response: ServerResponse): void {
  if (this.listenerCount('request') === 1) answerJson(response, 404, noSuchPage)
}

class Endpoints {
  readonly #http: HttpServer
  readonly #byPath = new Map<string, Endpoint>()
  /** Other listeners of requests, which hear of what is for no endpoint. */
  #others: RequestListener[] = []
  /** Whether another socket.io has put our listener behind its own. It keeps it for ever. */
  #isHeld = false

  constructor(http: HttpServer) {
    this.#http = http
  }

  add(endpoint: Endpoint): void {
    const { path } = endpoint
    if (this.#byPath.has(path))
      throw new StartError(
        `path: another chat server has ${path} on this http server: give one of them another path`,
      )
    if (this.#byPath.size === 0) this.#listen()
    this.#byPath.set(path, endpoint)
  }

  remove({ path }: Endpoint): void {
    this.#byPath.delete(path)
    if (this.#byPath.size === 0) this.#unlisten()
  }

  #listen(): void {
    this.#http.on('upgrade', this.#onUpgrade)
    if (this.#isHeld) return
    this.#others = this.#requestListeners().filter((listener) => listener !== answerAlone)
    this.#replaceListeners([this.#onRequest])
  }

  #unlisten(): void {
    this.#http.off('upgrade', this.#onUpgrade)
    const now = this.#requestListeners()
    const place = now.indexOf(this.#onRequest)
    this.#isHeld = place < 0
    // Where it is held, it goes on passing on what it gets.
    if (this.#isHeld) return
    now.splice(place, 1, ...this.#others)
    this.#replaceListeners(now.length > 0 ? now : [answerAlone])
    this.#others = []
  }

  readonly #onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    const endpoint = this.#find(request)
    if (endpoint) {
      endpoint.onRequest(request, response)
      return
    }
    for (const listener of this.#others) listener.call(this.#http, request, response as never)
    if (this.#others.length === 0 && this.#isAlone()) answerJson(response, 404, noSuchPage)
  }

  readonly #onUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const endpoint = this.#find(request)
    if (endpoint) endpoint.onUpgrade(request, socket, head)
    // Without a listener Node would have closed it.
    else if (this.#http.listenerCount('upgrade') === 1) refuseUpgrade(socket, 404, noSuchPage)
  }

  #find({ url = '' }: IncomingMessage): Endpoint | undefined {
    const path = pathOf(url)
    return this.#byPath.get(path.endsWith('/') ? path.slice(0, -1) : path)
  }

  #isAlone(): boolean {
    const now = this.#requestListeners()
    return now.length === 1 && now[0] === this.#onRequest
  }

  #requestListeners(): RequestListener[] {
    return this.#http.rawListeners('request') as RequestListener[]
  }

  #replaceListeners(listeners: readonly RequestListener[]): void {
    this.#http.removeAllListeners('request')
    for (const listener of listeners) this.#http.on('request', listener)
  }
}
