import type { IncomingMessage, ServerResponse } from 'node:http'
import { StartError } from '../../errors.ts'
import { folderProblem } from '../../stores/embedded/folder-problem.ts'
import type { AttachmentHost, AttachmentStore } from '../attachment-store.ts'
import { answerPreflight, type Cors, corsFor, refuse } from './answers.ts'
import { FilePlaces } from './file-places.ts'
import { type FileGrant, readGrant, signGrant } from './file-token.ts'
import { Receiving } from './receiving.ts'
import { serveFile } from './serving.ts'

/** Where the files of messages are. */
export interface FolderAttachmentOptions {
  /** The folder, made if it is missing. Several servers on one database share it. */
  readonly folder: string
  /**
   * Signs the addresses of files: 16 characters or more, the same at every server. Default: one that the first server keeps in the
   * folder.
   */
  readonly secret?: string
  /** Where browsers reach the chat server, as `https://chat.example`, if not where its clients connect to. */
  readonly url?: string
}

/** Keeps the files of messages in a folder, and serves them at a path of the chat server. */
export function folderAttachments({ folder, secret, url }: FolderAttachmentOptions): AttachmentStore {
  expectOptions(secret, url)
  const places = new FilePlaces(folder)
  const base = url === undefined ? '' : new URL(url).origin
  let opened:
    | { readonly host: AttachmentHost; readonly secret: string; readonly receiving: Receiving }
    | undefined

  function ready() {
    if (!opened) throw new TypeError('A folder of attachments belongs to one chat server, which opens it')
    return opened
  }

  function addressOf(grant: FileGrant): string {
    const { host, secret } = ready()
    return `${base}${host.path}?t=${signGrant(grant, secret)}`
  }

  return {
    ...(base !== '' && { origin: base }),

    async open(host) {
      try {
        await places.open()
        opened = {
          host,
          secret: secret ?? (await places.secret()),
          receiving: new Receiving(places, host),
        }
      } catch (error) {
        throw new StartError(
          `attachments: the folder ${folder} cannot be used: ${folderProblem(error, folder)}`,
        )
      }
    },

    async addressFor(file, expires) {
      const { workspace_id, upload_id, type, size, sha256 } = file
      const url = addressOf({
        way: 'PUT',
        file: { workspace_id, upload_id, type, size, sha256 },
        expires,
      })
      return { url, headers: [{ name: 'content-type', value: type }] }
    },

    look: (file, bytes) => places.look(file, bytes),

    // No file is replaced.
    keep: async () => true,

    async urlOf({ workspace_id, upload_id, name, type, disposition }, expires) {
      return addressOf({ way: 'GET', file: { workspace_id, upload_id, name, type, disposition }, expires })
    },

    remove: (key) => places.remove(key),

    handle(request, response) {
      const { host, secret, receiving } = ready()
      const { origin } = request.headers
      const cors = corsFor(origin)
      const read = grantIn(request, secret)
      if (!read) return refuse(request, response, 403, 'This is not an address of a file', cors)
      const { grant, isExpired } = read
      if (!host.isAllowed(grant.file.workspace_id, origin))
        return refuse(request, response, 403, 'Pages of this origin may not use these files')
      if (request.method === 'OPTIONS') return answerPreflight(response, cors)
      if (isExpired)
        return refuse(request, response, 403, 'This address of a file has expired: ask for a new one', cors)
      const answered = answer(request, response, { grant, cors, places, receiving })
      answered.catch((error: unknown) => {
        if (!isEndOfClient(error)) host.failed(error, 'serving')
        response.destroy()
      })
    },
  }
}

interface Answering {
  readonly grant: FileGrant
  readonly cors: Cors
  readonly places: FilePlaces
  readonly receiving: Receiving
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  { grant, cors, places, receiving }: Answering,
): Promise<void> {
  const { method } = request
  if (grant.way === 'PUT' && method === 'PUT') return receiving.receive(request, response, grant.file, cors)
  if (grant.way === 'GET' && (method === 'GET' || method === 'HEAD'))
    return serveFile(request, response, grant.file, { places, cors })
  refuse(request, response, 405, `This address is for ${grant.way}`, { ...cors, allow: grant.way })
}

function grantIn({ url = '' }: IncomingMessage, secret: string) {
  const query = new URLSearchParams(url.slice(url.indexOf('?') + 1))
  return readGrant(query.get('t') ?? '', secret)
}

/** Whoever hangs up in the middle of a file has just had enough of it. */
function isEndOfClient(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'EPIPE'
}

function expectOptions(secret: string | undefined, url: string | undefined): void {
  if (secret !== undefined && secret.length < 16)
    throw new StartError('attachments: secret: expected at least 16 characters')
  // One with a password in it is not shown.
  if (url !== undefined && !/^https?:\/\/[^/?#@\s]+\/?$/.test(url))
    throw new StartError('attachments: url: expected an address such as https://chat.example')
}
