import { type IncomingHttpHeaders, request } from 'node:http'
import { WebSocket } from 'ws'

export interface HttpAnswer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Ask {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

/** Asks over HTTP with exactly these headers. */
export function askHttp(url: string, { method = 'GET', headers = {}, body }: Ask = {}): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { method, headers: { connection: 'close', ...headers } }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (part: string) => {
        text += part
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      )
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** Asks for an upgrade to a WebSocket, and closes it. 101 if the server upgrades. */
export function askUpgrade(url: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url.replace('http', 'ws'), { headers })
    socket.on('open', () => {
      socket.close()
      resolve({ status: 101, headers: {}, body: '' })
    })
    socket.on('unexpected-response', (_asked, response) => {
      let text = ''
      response.on('data', (part: Buffer) => {
        text += String(part)
      })
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      )
    })
    socket.on('error', reject)
  })
}
