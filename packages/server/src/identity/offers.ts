import type { RequestName } from '@dowellchat/protocol'

/** Whether the server can do in a workspace what a request asks, whoever asks it. */
export type IsOffered = (request: RequestName, workspaceId: string) => boolean

/** What a server may lack. */
interface Offers {
  /** Whether messages may have files. */
  readonly files: boolean
  /** Whether the messages of a workspace can be searched. */
  readonly searches: (workspaceId: string) => boolean
}

const ofFiles: ReadonlySet<RequestName> = new Set([
  'create_upload',
  'finish_upload',
  'cancel_upload',
  'get_attachment_url',
])

/** Which requests a server's clients are told of: those that it can answer. */
export function offersOf({ files, searches }: Offers): IsOffered {
  return (request, workspaceId) => {
    if (request === 'search') return searches(workspaceId)
    return files || !ofFiles.has(request)
  }
}
