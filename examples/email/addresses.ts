import { readFile } from 'node:fs/promises'
import type { EmailServerOptions } from './email-server.ts'

/**
 * Addresses from a JSON file with those of users by their ids, which is read each time, so that it can be changed. Your own
 * database belongs here.
 * @param staff the ids of your agents and admins, who get no e-mail whether they have an address or not
 */
export function fileAddresses(file: string, staff: readonly string[]): EmailServerOptions['addressOf'] {
  return async ({ user_id }) => {
    if (staff.includes(user_id)) return undefined
    return (JSON.parse(await readFile(file, 'utf8')) as Record<string, string>)[user_id]
  }
}
