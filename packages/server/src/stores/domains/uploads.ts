import type { Attachment } from '@dowellchat/protocol'
import type { ClientMade, Creation } from './rows.ts'

/**
 * `created`: its bytes may come. `finished`: they are there, and a message may name it. `named`: a message does, which may not be
 * stored yet. `kept`: that message is stored. `gone`: its bytes have to be removed. `swept`: they were, and an address that is
 * still valid may have brought them again.
 */
export type UploadState = 'created' | 'finished' | 'named' | 'kept' | 'gone' | 'swept'

/** What is known of a file, as its owner has said it. */
export interface UploadedFile extends Pick<Attachment, 'name' | 'type' | 'size'> {
  /** In hexadecimal digits; null where nobody has computed it. */
  readonly sha256: string | null
  readonly width: number | null
  readonly height: number | null
  readonly duration_ms: number | null
}

/** A file that somebody uploads; its bytes are elsewhere. */
export interface UploadRow extends UploadedFile, ClientMade {
  readonly _id: string
  readonly user_id: string
  readonly state: UploadState
  readonly created_at: string
  /** When the server looks at it again; null: it stays as long as its message. */
  readonly due_at: string | null
  /** The message that names it: its stream, author and cid. */
  readonly stream: string | null
  readonly message_author: string | null
  readonly message_cid: string | null
  readonly named_at: string | null
}

/** How many bytes somebody has announced on a day. */
export interface UploadDay {
  readonly _id: string
  /** '' for the whole workspace, `guest:` for all of its guests. */
  readonly user_id: string
  /** As `2026-11-27`, in UTC. */
  readonly day: string
  readonly bytes: number
}

export interface NewUpload extends UploadedFile, ClientMade {
  readonly workspace_id: string
  readonly user_id: string
  /** Further ids under which the user may have used the cid before. */
  readonly earlier_ids?: readonly string[]
  readonly due_at: string
  readonly day: string
  /** How many bytes the user, all guests if the user is one, and the workspace, may announce on the day. */
  readonly most_user_bytes: number
  readonly most_guests_bytes?: number
  readonly most_workspace_bytes: number
}

/** A message that names uploads. */
export interface Naming {
  readonly upload_ids: readonly string[]
  /** Whose uploads they have to be: those of all these ids together. */
  readonly user_ids: readonly string[]
  readonly stream: string
  readonly author: string
  readonly cid: string
  readonly at: string
  /** When it is looked whether the message is stored. */
  readonly due_at: string
}

/**
 * What became of a naming; `refused` says of the first upload that the message cannot name why not. `missing`: the user has no
 * such upload; `unfinished`: its bytes were not checked; `taken`: another message names it.
 */
export type Named =
  | { readonly uploads: readonly UploadRow[] }
  | { readonly refused: 'missing' | 'unfinished' | 'taken'; readonly upload_id: string }

/** An upload that the server has to look at. */
export interface DueUpload {
  readonly workspace_id: string
  readonly upload: UploadRow
}

/** How many uploads one call of `due` and of `expire` takes. */
export const uploadsAtOnce = 100

/** The files of messages, without their bytes. */
export interface UploadStore {
  /**
   * Makes an upload, and takes its bytes from what the user (`limit`), the guests (`guests_limit`) and the workspace (`workspace_limit`) may announce that day.
   * A cid is unique per workspace and user.
   */
  create(upload: NewUpload): Promise<Creation<UploadRow>>
  get(workspaceId: string, uploadId: string): Promise<UploadRow | null>
  /** A created upload is finished then; any other stays as it is. Null where there is none. */
  finish(workspaceId: string, uploadId: string, due_at: string): Promise<UploadRow | null>
  /** Gives finished uploads to a message, all or none. Repeating it for the same message answers the same. */
  name(workspaceId: string, naming: Naming): Promise<Named>
  /** An upload of these ids that no message names is `gone` then. False only where a message names it. */
  cancel(workspaceId: string, uploadId: string, userIds: readonly string[], at: string): Promise<boolean>
  /** The first uploads of all workspaces that are due by then, at most `uploadsAtOnce`. */
  due(at: string): Promise<DueUpload[]>
  /** What becomes of an upload that was due, unless it has changed meanwhile: null removes its row. */
  decide(
    workspaceId: string,
    upload: UploadRow,
    next: Pick<UploadRow, 'state' | 'due_at'> | null,
  ): Promise<boolean>
  /** Lets uploads go that messages have named before a time; answers how many, at most `uploadsAtOnce`. */
  expire(workspaceId: string, before: string, at: string): Promise<number>
  /** Forgets how much was uploaded on the days before one, `uploadsAtOnce` rows at most; answers how many. */
  forgetDays(workspaceId: string, day: string): Promise<number>
}
