import { statSync } from 'node:fs'
import { dirname } from 'node:path'
import { describeError } from '../describe-error.ts'

/** Why a folder or file cannot be used, and what to do. */
export function folderProblem(cause: unknown, path: string): string {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  if (code === 'EEXIST' || code === 'ENOTDIR')
    return 'there is a file in its place; remove it or name another folder'
  if (code === 'EACCES' || code === 'EPERM')
    return `it may not be read and written${usersOf(path)}; let the user of the server read and write it`
  if (code === 'ENOENT') return 'there can be no folder in that place; name another folder'
  if (code === 'ENOSPC' || code === 'EDQUOT') return 'the disk is full; free some space on it'
  if (code === 'EROFS') return 'the disk is read-only; mount it writable, or name a folder on another'
  if (code === 'EIO') return 'the disk fails; look at it before you start again'
  return describeError(cause)
}

/** Whose the place is, or the folder that keeps it from being seen, and as whom the server runs; where there are such numbers. */
function usersOf(path: string): string {
  const uid = process.geteuid?.()
  if (uid === undefined) return ''
  for (let at = path; ; at = dirname(at)) {
    const owner = ownerOf(at)
    if (owner !== undefined)
      return `: ${at === path ? 'it' : at} is of user ${owner}, and the server runs as user ${uid}`
    if (at === dirname(at)) return ''
  }
}

function ownerOf(path: string): number | undefined {
  try {
    return statSync(path).uid
  } catch {
    return undefined
  }
}
