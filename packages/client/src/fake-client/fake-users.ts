import * as protocol from '@dowellchat/protocol'
import { type FakeWorld, now } from './fake-world.ts'
import { sampleWith } from './sample.ts'

const usualLimit = 50

/** The users whom a fake server knows: the client's own, and whom the test has answered and pushed. */
export class FakeUsers {
  readonly #world: FakeWorld

  constructor(world: FakeWorld) {
    const { memory, user_id, name } = world
    this.#world = world
    memory.users.put(sampleWith(protocol.User, { user_id, created_at: now() }, { name }))
  }

  get_users = ({ user_ids, text = '', limit = usualLimit }: protocol.PayloadOf<'get_users'>) => {
    const { users } = this.#world.memory
    if (user_ids) return { users: user_ids.flatMap((id) => users.get(id) ?? []), more: false }
    const nameOf = ({ name, user_id }: protocol.User): string => (name ?? user_id).toLowerCase()
    const found = users.all().filter((user) => nameOf(user).startsWith(text.toLowerCase()))
    return { users: found.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1)).slice(0, limit), more: false }
  }

  update_me = (changes: protocol.PayloadOf<'update_me'>): protocol.User => {
    const { memory, user_id, push } = this.#world
    const data = memory.users.put(
      sampleWith(protocol.User, memory.users.get(user_id) ?? { user_id }, changes),
    )
    push('user_updated', { data })
    return data
  }
}
