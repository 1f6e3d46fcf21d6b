import { StartError } from '../errors.ts'

export const defaultSocketPath = '/socket.io'

/** Segments of a path as a URL keeps them. */
const path = /^(?:\/(?!\.{1,2}(?:\/|$))[\w.~!$&'()*+,;=:@-]+)+$/

/**
 * Reads the path of the sockets.
 * @throws StartError that says what is wrong with it
 */
export function socketPathOf(configured: string | undefined, option: string): string {
  if (configured === undefined) return defaultSocketPath
  const plain = configured.replace(/\/$/, '')
  if (!path.test(plain))
    throw new StartError(`${option}: expected a path such as /chat/socket.io, got ${configured}`)
  return plain
}
