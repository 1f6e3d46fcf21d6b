import { createServer, type Server as HttpServer, type RequestListener, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'

/** A team's own HTTP server. It listens, and ends with the test. */
export async function openHttp(listener?: RequestListener): Promise<{ http: HttpServer; url: string }> {
  const http = createServer(listener)
  onTestFinished(() => {
    http.closeAllConnections()
    http.close()
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  return { http, url: `http://127.0.0.1:${(http.address() as AddressInfo).port}` }
}

/** A proxy that serves another server below a path, which it takes off. It passes upgrades on. */
export async function openPathProxy(target: string, prefix: string): Promise<string> {
  const { http, url } = await openHttp((asked, answer) => {
    const passed = request(target + (asked.url ?? '').slice(prefix.length), {
      method: asked.method ?? 'GET',
      headers: asked.headers,
    })
    passed.on('response', (response) => {
      answer.writeHead(response.statusCode ?? 502, response.headers)
      response.pipe(answer)
    })
    passed.on('error', () => answer.destroy())
    answer.on('close', () => passed.destroy())
    asked.pipe(passed)
  })
  http.on('upgrade', (asked, client) => {
    const passed = request(target + (asked.url ?? '').slice(prefix.length), { headers: asked.headers })
    passed.on('upgrade', (response, server) => {
      const headers = Object.entries(response.headers).map(([name, value]) => `${name}: ${String(value)}`)
      client.write(['HTTP/1.1 101 Switching Protocols', ...headers, '', ''].join('\r\n'))
      client.pipe(server).pipe(client)
      for (const one of [client, server]) one.on('error', () => one.destroy())
    })
    passed.on('error', () => client.destroy())
    passed.end()
  })
  return url
}
