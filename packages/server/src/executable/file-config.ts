import { join } from 'node:path'
import * as z from 'zod/mini'
import type { FolderAttachmentOptions } from '../attachments/folder/folder-attachments.ts'
import type { S3AttachmentOptions } from '../attachments/s3/s3-attachments.ts'
import { StartError } from '../errors.ts'

/** Where the files of messages are. */
export type FileConfig =
  | ({ readonly kind: 'folder' } & FolderAttachmentOptions)
  | ({ readonly kind: 's3' } & S3AttachmentOptions)

/** The variables that say where files are. */
export const fileVariables = {
  FILES_DIR: z.optional(z.string()),
  FILES_SECRET: z.optional(z.string().check(z.minLength(16, 'expected at least 16 characters'))),
  FILES_URL: z.optional(z.string()),
  S3_ENDPOINT: z.optional(z.string()),
  S3_BUCKET: z.optional(z.string()),
  S3_REGION: z.optional(z.string()),
  S3_PREFIX: z.optional(z.string()),
  S3_ACCESS_KEY_ID: z.optional(z.string()),
  S3_SECRET_ACCESS_KEY: z.optional(z.string()),
} as const

type FileVariables = { readonly [Name in keyof typeof fileVariables]?: string | undefined }

interface Place {
  readonly isDemo: boolean
  /** Where a demo has its files, unless it keeps everything in memory. */
  readonly dataDir: string
}

/** Undefined where messages have no files. @throws StartError that names the variable and what to do */
export function readFiles(variables: FileVariables, place: Place): FileConfig | undefined {
  const { FILES_DIR, FILES_SECRET, FILES_URL, ...s3 } = variables
  const named = Object.keys(fileVariables).find(
    (name) => name.startsWith('S3_') && variables[name as keyof FileVariables] !== undefined,
  )
  if (named !== undefined) {
    const ofFolder = ['FILES_DIR', 'FILES_SECRET', 'FILES_URL'] as const
    const other = ofFolder.find((name) => variables[name] !== undefined)
    if (other !== undefined)
      throw new StartError(
        `${other} and ${named}: files are in a folder or in a bucket: remove one of the two`,
      )
    return readBucket(s3)
  }
  const folder = FILES_DIR ?? demoFolder(place)
  if (folder === undefined) {
    const lone = FILES_SECRET === undefined ? (FILES_URL === undefined ? '' : 'FILES_URL') : 'FILES_SECRET'
    if (lone !== '') throw new StartError(`${lone}: is for files in a folder: set FILES_DIR too`)
    return undefined
  }
  return {
    ...{ kind: 'folder', folder },
    ...(FILES_SECRET !== undefined && { secret: FILES_SECRET }),
    ...(FILES_URL !== undefined && { url: FILES_URL }),
  }
}

function demoFolder({ isDemo, dataDir }: Place): string | undefined {
  return isDemo && dataDir !== ':memory:' ? join(dataDir, 'files') : undefined
}

function readBucket(variables: Omit<FileVariables, 'FILES_DIR' | 'FILES_SECRET' | 'FILES_URL'>): FileConfig {
  const { S3_ENDPOINT, S3_BUCKET, S3_REGION, S3_PREFIX, S3_ACCESS_KEY_ID, S3_SECRET_ACCESS_KEY } = variables
  return {
    kind: 's3',
    endpoint: needed('S3_ENDPOINT', S3_ENDPOINT),
    bucket: needed('S3_BUCKET', S3_BUCKET),
    accessKeyId: needed('S3_ACCESS_KEY_ID', S3_ACCESS_KEY_ID),
    secretAccessKey: needed('S3_SECRET_ACCESS_KEY', S3_SECRET_ACCESS_KEY),
    ...(S3_REGION !== undefined && { region: S3_REGION }),
    ...(S3_PREFIX !== undefined && { prefix: S3_PREFIX }),
  }
}

function needed(name: string, value: string | undefined): string {
  if (value === undefined) throw new StartError(`${name}: files in a bucket need it: set it too`)
  return value
}
