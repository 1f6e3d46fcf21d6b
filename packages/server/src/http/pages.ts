import { existsSync, statSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import sirv from 'sirv'
import { StartError } from '../errors.ts'
import type { Route } from './route.ts'

/** Pages load nothing from other sites, and no other site can frame them. */
const policy = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** File names with a content hash, as bundlers write them: `assets/index-B3xq9dZf.js`. */
const hashed = /\/assets\/.+-[\w-]{8,}\.\w+$/

/**
 * Serves the files of a folder, and leaves what is not one of them to the next route.
 * @throws StartError if it is not a folder, or has no index.html
 */
export function servePages(folder: string): Route {
  requirePages(folder)
  // `dev` reads the disk on every request, so a rebuilt folder is served without a restart.
  const serve = sirv(folder, { dev: true, etag: true, setHeaders })
  return (request, response, next) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (!isRead || /\/\.|%2e/i.test(request.url ?? '')) return next()
    // sirv throws on a range that ends before it begins, and pages do not need ranges.
    delete request.headers.range
    // An unreadable or just deleted file ends this response, not the process.
    response.once('pipe', (file) => file.once('error', () => response.destroy()))
    serve(request, response, next)
  }
}

function requirePages(folder: string): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new StartError(`There is no folder of pages ${folder}: build it first, or name another one`)
  }
  if (existsSync(join(folder, 'index.html'))) return
  throw new StartError(`The folder of pages ${folder} has no index.html: build it first, or name another one`)
}

function setHeaders(response: ServerResponse, path: string): void {
  const isImmutable = hashed.test(path)
  response.setHeader('Cache-Control', isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache')
  response.setHeader('X-Content-Type-Options', 'nosniff')
  response.setHeader('Referrer-Policy', 'no-referrer')
  response.setHeader('Content-Security-Policy', policy)
}
