import type { PayloadOf } from '@dowellchat/protocol'
import { normalName } from '@dowellchat/protocol/core'
import type { User } from '../entities.ts'
import type { UserMetadata } from '../register.ts'
import { contract } from '../requests/contract.ts'
import type { Wire } from '../requests/wire.ts'

/**
 * Changes to the session's own user. Fields that are left out stay as they are; null removes them. `metadata` replaces all of
 * it.
 *
 * @example
 * const changes: UserChanges = { name: 'Ann', picture: null }
 */
export interface UserChanges extends Omit<PayloadOf<'update_me'>, 'metadata'> {
  readonly metadata?: UserMetadata | undefined
}

/** What looks for users and changes them. */
export interface UserActions {
  /** Users whose name begins with a text, in the order of their names. Rejects with a `RequestError`. */
  readonly search: (text: string, limit?: number) => Promise<readonly User[]>
  /** Changes the name, picture or metadata of the session's own user. Rejects with a `RequestError`. */
  readonly updateMe: (changes: UserChanges) => Promise<User>
  /** Blocks a user: their calls no longer ring, and neither can write in a direct room of the two. Blocking twice changes nothing. Rejects with a `RequestError`. */
  readonly block: (userId: string) => Promise<void>
  /** Undoes `block`. Rejects with a `RequestError`. */
  readonly unblock: (userId: string) => Promise<void>
}

export function createUserActions({ request }: Wire): UserActions {
  return {
    search: async (text, limit) =>
      (await request.get_users({ text: normalName(text), ...(limit !== undefined && { limit }) })).users,
    async updateMe({ name, ...changes }) {
      const { cleanName } = await contract.load('update_me')
      return request.update_me({ ...changes, ...(name !== undefined && { name: cleanName(name) }) })
    },
    async block(user_id) {
      await request.block_user({ user_id })
    },
    async unblock(user_id) {
      await request.unblock_user({ user_id })
    },
  }
}
