import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { StartError } from '../errors.ts'
import { frameAncestorsOf } from './origins.ts'
import { PageFiles } from './page-files.ts'
import { pathOf, type Route } from './route.ts'
import { cacheOf, sendFile } from './send-file.ts'

export interface PagesOptions {
  /** Whose pages may show these in a frame: origins, and `self` for these themselves. Default: nobody's. */
  readonly frameAncestors?: readonly string[] | undefined
  /** An origin from which they may also load pictures, sound and films, and to which they may send files. */
  readonly files?: string | undefined
}

/** Pages load nothing from other sites, but for the files of messages. */
const policy = (files: string) => [
  "default-src 'self'",
  ...(files === '' ? [] : [`connect-src 'self'${files}`]),
  `img-src 'self' data: blob:${files}`,
  `media-src 'self' blob:${files}`,
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'self'",
]

/** Calls need microphone, camera and the screen; pages in frames get none of them. */
const permissions = [
  ...['camera', 'microphone', 'display-capture', 'autoplay', 'fullscreen', 'clipboard-write'].map(
    (feature) => `${feature}=(self)`,
  ),
  ...['geolocation', 'payment', 'usb', 'serial', 'hid', 'midi'].map((feature) => `${feature}=()`),
].join(', ')

/**
 * Serves the files of a folder, and leaves what is not one of them to the next route. A rebuilt folder is served without a
 * restart.
 * @throws StartError if it is not a folder, has no index.html, or a frame ancestor is none
 */
export function servePages(folder: string, options: PagesOptions = {}): Route {
  requirePages(folder)
  const files = new PageFiles(folder)
  const headers = headersOf(options)
  return (request, response, next) => {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (!isRead) return next()
    const path = pathOf(request.url ?? '')
    files
      .find(path, request.headers['accept-encoding'])
      // It cannot be read, or has just been deleted.
      .catch(() => undefined)
      .then((file) =>
        file
          ? sendFile(request, response, file, { ...headers, 'cache-control': cacheOf(file.path) })
          : next(),
      )
      .catch(() => response.destroy())
  }
}

function requirePages(folder: string): void {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new StartError(`There is no folder of pages ${folder}: build it first, or name another one`)
  }
  if (existsSync(join(folder, 'index.html'))) return
  throw new StartError(`The folder of pages ${folder} has no index.html: build it first, or name another one`)
}

function headersOf({ frameAncestors = [], files }: PagesOptions): Record<string, string> {
  const ancestors = frameAncestorsOf(frameAncestors, 'frameAncestors')
  return {
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'content-security-policy': [
      ...policy(files === undefined ? '' : ` ${files}`),
      `frame-ancestors ${ancestors}`,
    ].join('; '),
    'permissions-policy': permissions,
    // Pages may open a window to log in; those that open these know nothing of them.
    'cross-origin-opener-policy': 'same-origin-allow-popups',
  }
}
