import { signUserToken } from '../../../../packages/server/src/tokens/index.ts'
import { wait } from '../cpu.ts'
import { tokenSecret } from '../features.ts'
import { nextUser, userId } from '../ids.ts'
import type { Cell } from '../measure.ts'
import type { RawSocket } from '../raw-socket.ts'
import { repeat } from '../repeat.ts'
import type { Contestant } from '../servers.ts'

const workspace_id = 'bench'
/** What a page with a token does not send. */
const noKey = { workspace_id: undefined, api_key: undefined, user_id: undefined }

/** Users connect, each with a token that was just signed for them. They come back in each round. */
export async function tokens(server: Contestant, shape: { count: number }): Promise<Cell> {
  const users = Array.from({ length: shape.count }, nextUser)
  const sign = (user: number) =>
    signUserToken({ workspace_id, user_id: userId(user), name: 'Somebody' }, { secret: tokenSecret })
  let signed: string[] = []
  let open: RawSocket[] = []
  return {
    async prepare() {
      signed = await Promise.all(users.map(sign))
    },
    run: () =>
      repeat(
        shape.count,
        async (n) => open.push(await server.connect(users[n] as number, { ...noKey, token: signed[n] })),
        8,
      ),
    async finish() {
      for (const socket of open) socket.close()
      open = []
      await wait(100)
    },
  }
}
