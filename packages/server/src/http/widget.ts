import { existsSync, readdirSync } from 'node:fs'
import type { Server as HttpServer, IncomingMessage, ServerResponse } from 'node:http'
import { join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StartError } from '../errors.ts'
import type { Limits } from '../limits.ts'
import { answerJson, noSuchPage, refuseUpgrade } from './answer.ts'
import { attachEndpoint } from './endpoints.ts'
import { PageFiles } from './page-files.ts'
import { pathOf, type Route } from './route.ts'
import { cacheOf, sendFile } from './send-file.ts'
import { endUnread } from './silence.ts'

/** Pages of any origin load it, those too that let in only what says it may be let in. */
const headers = {
  'access-control-allow-origin': '*',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
}

/** Every page of a shop asks for it. What it loads is always the current version, so it may be a little older itself. */
const scriptPath = '/widget.js'
const scriptCache = 'public, max-age=600, stale-while-revalidate=86400'

/** Answers a request with a file of the widget; false if it is for none. */
type Answer = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>

function answersFrom(folder: string): Answer {
  const files = new PageFiles(folder)
  return async (request, response) => {
    const path = pathOf(request.url ?? '')
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (!isRead || !isOfWidget(path)) return false
    // It cannot be read, or has just been deleted.
    const file = await files.find(path, request.headers['accept-encoding']).catch(() => undefined)
    if (!file) return false
    const cache = file.path === scriptPath ? scriptCache : cacheOf(file.path)
    sendFile(request, response, file, { ...headers, 'cache-control': cache })
    return true
  }
}

function isOfWidget(path: string): boolean {
  return path === scriptPath || (path.startsWith('/widget/') && path.endsWith('.js'))
}

/** Serves `/widget.js`, and what it loads, from a folder; leaves all else to the next route. */
export function serveWidget(folder: string): Route {
  const answer = answersFrom(folder)
  return (request, response, next) => {
    answer(request, response)
      .then((isAnswered) => (isAnswered ? undefined : next()))
      .catch(() => response.destroy())
  }
}

/** The same on an HTTP server of somebody else's, whose other requests it does not touch. The answer takes it off again. */
export function attachWidget(
  http: HttpServer,
  folder: string,
  { httpSilenceMs }: Pick<Limits, 'httpSilenceMs'>,
): () => void {
  const answer = answersFrom(folder)
  const onRequest = (request: IncomingMessage, response: ServerResponse): void => {
    endUnread(response, httpSilenceMs)
    answer(request, response)
      .then((isAnswered) => (isAnswered ? undefined : answerJson(response, 404, noSuchPage)))
      .catch(() => response.destroy())
  }
  const stops = pathsIn(folder).map((path) =>
    attachEndpoint(http, {
      path,
      onRequest,
      onUpgrade: (_request, socket) => refuseUpgrade(socket, 404, noSuchPage),
    }),
  )
  return () => {
    for (const stop of stops) stop()
  }
}

function pathsIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true }).map(
    (name) => `/${String(name).replaceAll(sep, '/')}`,
  )
  return names.filter(isOfWidget)
}

/** Beside the built server, or where the repository builds it. */
const places = ['./widget-files', '../../dist/widget-files']

/**
 * The folder of the widget's files; undefined where it is not to be served.
 * @param isUsual whether it is served without being asked for
 * @throws StartError if it is asked for and not there
 */
export function widgetFolder(option: boolean | string | undefined, isUsual: boolean): string | undefined {
  if (option === false || (option === undefined && !isUsual)) return undefined
  const candidates =
    typeof option === 'string'
      ? [option]
      : places.map((place) => fileURLToPath(new URL(place, import.meta.url)))
  const found = candidates.find((folder) => existsSync(join(folder, scriptPath)))
  if (found === undefined && option !== undefined)
    throw new StartError(
      `widget: there is no widget.js in ${candidates[0]}: build it first, or name another folder`,
    )
  return found
}
