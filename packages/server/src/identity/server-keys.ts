import { cleanName, type Handshake } from '@dowellchat/protocol'
import { type Identity, plainSession } from './identity.ts'
import type { Keys } from './keys.ts'
import { wrongKey } from './secrets.ts'

/** Whom a program with a server key says that it speaks for. Fails with `unauthenticated`. */
export async function identityOfServerKey(
  { api_key = '', user_id, name, role = 'customer', is_program = false }: Handshake,
  workspace_id: string,
  device_id: string,
  keys: Keys,
): Promise<Identity> {
  const proof = await keys.find('server', workspace_id, api_key)
  if (!proof) throw wrongKey()
  const who = { workspace_id, user_id: String(user_id), role, name: cleanName(name), device_id }
  return { session: plainSession(who), credential: { kind: 'server_key', ...proof }, is_program }
}
