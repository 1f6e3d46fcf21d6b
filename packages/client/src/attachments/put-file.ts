import type { FileBytes } from './pending-state.ts'

/** Where a file goes, as `create_upload` says. */
export interface PutTarget {
  readonly url: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
}

export interface PutOptions {
  readonly onProgress: (progress: number) => void
  readonly signal: AbortSignal | undefined
}

/** Why a file did not arrive. */
export interface PutFailure {
  /** 0 where there was no answer. */
  readonly status: number
  /** What the answer says, to people perhaps. */
  readonly text: string
}

/** Sends a file to its place; answers undefined once it has arrived. Never rejects. */
export type PutFile = (
  file: FileBytes,
  target: PutTarget,
  options: PutOptions,
) => Promise<PutFailure | undefined>

/** Where a client's server is, and how files get there. */
export interface AttachmentPlace {
  readonly url: string
  readonly path?: string
  /** In place of the network, in a client without one. */
  readonly putFile?: PutFile
}

/** After so long without progress an upload is given up. */
const stalledMs = 60_000
const noAnswer: PutFailure = { status: 0, text: '' }
/** Those that browsers set by themselves. */
const ownHeaders = /^(content-length|host)$/i

/** By an `XMLHttpRequest` where there is one: `fetch` tells no progress. */
export const putFile: PutFile = (file, target, options) =>
  typeof XMLHttpRequest === 'function' ? putWatched(file, target, options) : putPlain(file, target, options)

const settable = ({ headers }: PutTarget) => headers.filter(({ name }) => !ownHeaders.test(name))

function putWatched(file: FileBytes, target: PutTarget, { onProgress, signal }: PutOptions) {
  return new Promise<PutFailure | undefined>((resolve) => {
    const request = new XMLHttpRequest()
    const abort = (): void => request.abort()
    let stalled = setTimeout(abort, stalledMs)
    function end(failure?: PutFailure): void {
      clearTimeout(stalled)
      signal?.removeEventListener('abort', abort)
      resolve(failure)
    }
    request.open('PUT', target.url)
    for (const { name, value } of settable(target)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded, total }) => {
      clearTimeout(stalled)
      stalled = setTimeout(abort, stalledMs)
      if (total > 0) onProgress(loaded / total)
    }
    request.onload = () => end(failureOf(request.status, request.responseText))
    request.onerror = () => end(noAnswer)
    request.onabort = request.onerror
    signal?.addEventListener('abort', abort)
    request.send(file)
  })
}

async function putPlain(body: FileBytes, target: PutTarget, { onProgress, signal }: PutOptions) {
  const headers = settable(target).map(({ name, value }) => [name, value] as [string, string])
  try {
    const answer = await fetch(target.url, {
      ...{ method: 'PUT', body, headers, credentials: 'omit', redirect: 'error' },
      ...(signal && { signal }),
    })
    const failure = failureOf(answer.status, await answer.text())
    if (!failure) onProgress(1)
    return failure
  } catch {
    return noAnswer
  }
}

/** What a proxy answers for now, which says nothing of the file. */
const passing = [408, 425, 429]

function failureOf(status: number, text: string): PutFailure | undefined {
  if (passing.includes(status)) return noAnswer
  return status >= 200 && status < 300 ? undefined : { status, text }
}
