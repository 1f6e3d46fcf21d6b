import type { OutgoingMessage } from '@dowellchat/protocol'
import { unnamedMs } from '../../attachments/sweeping.ts'
import type { DraftResult } from '../../delivery/streams.ts'
import { RequestError } from '../../errors.ts'
import { toAttachment } from '../../stores/fields/uploads.ts'
import type { MessageDraft, Named, StreamKey } from '../../stores/store.ts'
import { dateNow, isoNow } from '../../time.ts'
import type { Context } from '../handler.ts'
import { noFiles, uploadNotFound } from './attachments.ts'

/** Throws `invalid_payload` where a message names a file twice. */
export function expectDistinctFiles(attachments: readonly { readonly upload_id: string }[] = []): void {
  const ids = attachments.map(({ upload_id }) => upload_id)
  const twice = ids.findIndex((id, at) => ids.indexOf(id) < at)
  if (twice >= 0) throw new RequestError('invalid_payload', `attachments.${twice}: names a file again`)
}

/**
 * Gives the drafts of messages their files, as the last step before they are appended: what is refused for another reason takes
 * none. Messages without files cost nothing.
 */
export function attaching(
  all: readonly { readonly payload: Pick<OutgoingMessage, 'attachments'> }[],
  key: StreamKey,
  drafts: readonly DraftResult[],
  context: Context,
): Promise<DraftResult[]> | DraftResult[] {
  if (all.every(({ payload }) => payload.attachments === undefined)) return [...drafts]
  return Promise.all(
    drafts.map((draft, at) => {
      const ids = all[at]?.payload.attachments?.map(({ upload_id }) => upload_id)
      return ids === undefined || draft instanceof RequestError ? draft : attach(draft, ids, key, context)
    }),
  )
}

async function attach(
  draft: MessageDraft,
  upload_ids: readonly string[],
  key: StreamKey,
  context: Context,
): Promise<DraftResult> {
  const { store, session } = context
  const { author, cid } = draft
  // A repetition is answered with the stored message, whatever has become of its files.
  if (await store.streams.has(key, author, cid)) return draft
  const { files } = context
  if (!files) return noFiles()
  const named = await store.uploads.name(key.workspace_id, {
    ...{ upload_ids, user_ids: session.user_ids, stream: key.stream, author, cid, at: isoNow() },
    due_at: new Date(dateNow() + unnamedMs).toISOString(),
  })
  if ('refused' in named) return refusalOfNaming(named)
  for (const _ of upload_ids) files.count('named')
  return { ...draft, attachments: named.uploads.map(toAttachment) }
}

function refusalOfNaming({ refused, upload_id }: Extract<Named, { refused: unknown }>): RequestError {
  switch (refused) {
    case 'missing':
      return uploadNotFound(upload_id)
    case 'unfinished':
      return new RequestError('conflict', `Upload ${upload_id} is not finished`)
    case 'taken':
      return new RequestError('conflict', `Upload ${upload_id} belongs to another message`)
    default:
      return refused satisfies never
  }
}
