import type { Server as HttpServer } from 'node:http'
import { answerJson, noSuchPage, refuseUpgrade } from '../http/answer.ts'
import { attachEndpoint } from '../http/endpoints.ts'
import { letBodiesTakeLong } from '../http/long-bodies.ts'
import { endUnread } from '../http/silence.ts'
import { type AddressOf, networkOf } from '../identity/address.ts'
import type { Limits } from '../limits.ts'
import type { Logger } from '../logger.ts'
import type { Meter } from '../metrics/meter.ts'
import type { Store } from '../stores/store.ts'
import type { AttachmentHost, AttachmentStore } from './attachment-store.ts'
import { type Files, filesOver } from './files.ts'
import { Sweeping } from './sweeping.ts'

/** The files of a server's messages, as the server opens and closes them. */
export interface OpenAttachments {
  /** Undefined where messages have none. */
  readonly files: Files | undefined
  /** Takes requests for the files, where the server itself has them. @param isOwn whether the HTTP server is the chat server's own */
  attach(http: HttpServer, isOwn: boolean): void
  /** Takes no further one. */
  detach(): void
  /** Resolves once nothing is under way. */
  stop(): Promise<void>
}

interface Parts extends Pick<AttachmentHost, 'isAllowed'> {
  /** The path of the sockets, below which the files are. */
  readonly path: string
  readonly store: Pick<Store, 'uploads' | 'streams'>
  readonly limits: Pick<
    Limits,
    'uploadMs' | 'uploadsAtOnce' | 'addressUploadsAtOnce' | 'httpRequestMs' | 'httpSilenceMs'
  >
  readonly addressOf: AddressOf
  readonly logger: Logger
  readonly meter: Meter | undefined
  isDoubtful(): boolean
}

const none: OpenAttachments = {
  files: undefined,
  attach: () => {},
  detach: () => {},
  stop: async () => {},
}

/** @throws StartError that says what is wrong and what to do */
export async function openAttachments(
  kept: AttachmentStore | undefined,
  { path, store, limits, addressOf, logger, meter, isAllowed, isDoubtful }: Parts,
): Promise<OpenAttachments> {
  if (!kept) return none
  const { uploadMs, uploadsAtOnce, addressUploadsAtOnce, httpSilenceMs: silenceMs } = limits
  const place = `${path}/files`
  await kept.open({
    ...{ path: place, isAllowed, uploadMs, uploadsAtOnce, addressUploadsAtOnce, silenceMs },
    networkOf: ({ headers, socket: { remoteAddress } }) =>
      networkOf(addressOf({ remoteAddress, forwardedFor: headers['x-forwarded-for'] })),
    failed(error, doing) {
      if (doing === 'storing') logger.error({ error }, 'A file could not be stored')
      else logger.error({ error }, 'A file could not be served')
    },
  })
  const sweeping = new Sweeping({ store, files: kept, uploadMs, logger, meter, isDoubtful })
  let detach = (): void => {}
  return {
    files: filesOver({ store: kept, sweeping, uploadMs, meter }),
    attach(http, isOwn) {
      if (!kept.handle) return
      if (isOwn) letBodiesTakeLong(http, place, { longMs: uploadMs, usualMs: limits.httpRequestMs })
      detach = attachEndpoint(http, {
        path: place,
        onRequest(request, response) {
          endUnread(response, silenceMs)
          if (kept.handle) kept.handle(request, response)
          else answerJson(response, 404, noSuchPage)
        },
        onUpgrade: (_request, socket) => refuseUpgrade(socket, 404, noSuchPage),
      })
    },
    detach: () => detach(),
    stop: () => sweeping.stop(),
  }
}
