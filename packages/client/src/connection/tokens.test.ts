// Tokens with a real server; what a server does wrong is in ../logging-in.test.ts and renewal.test.ts.

import { signUserToken } from '@dowellchat/server/tokens'
import { expect, it, onTestFinished } from 'vitest'
import { type ChatClient, createChatClient } from '../client.ts'
import { openChat, until } from '../testing/chat.ts'
import { textsOf } from '../testing/texts-of.ts'
import { uuid } from '../uuid.ts'

const secret = 'a secret of the team that is long enough'
const isOnline = ({ status }: { status: string }) => status === 'online'

async function openTokens() {
  const { server, client } = await openChat({ tokens: { secrets: [secret] } })
  function enter(getToken: () => Promise<string>) {
    const ann = createChatClient({ url: server.url, auth: { getToken } })
    onTestFinished(() => ann.close())
    const statuses: string[] = []
    ann.connection.subscribe(() => statuses.push(ann.connection.getSnapshot().status))
    ann.connect()
    return { ann, statuses }
  }
  return { client, enter }
}

const sign = (user_id: string, expires_in_ms = 60_000, key = secret) =>
  signUserToken({ user_id, workspace_id: 'demo', expires_in_ms }, { secret: key })

it('[SE7] renews a token that expires soon while a room and a call go on', async () => {
  const { client, enter } = await openTokens()
  let asked = 0
  const { ann, statuses } = enter(() => sign('ann', ++asked === 1 ? 4_000 : 3_600_000))
  const ben = client('ben')
  ben.connect()
  for (const { connection } of [ann, ben]) await until(connection, isOnline)
  const [heard, room] = [ann.rooms.messages('lobby'), ben.rooms.messages('lobby')]
  onTestFinished(heard.retain())
  await until(heard, ({ sync }) => sync === 'live')
  const { callId } = await ann.request.callUser({ userToCall: 'ben', signalData: 'offer', cid: uuid() })
  await ben.request.answerCall({ callId, signal: 'answer' })
  statuses.length = 0

  const sent: string[] = []
  for (let n = 1; asked < 2 || n <= 60; n += 1) {
    sent.push((await room.send(`${n}`)).message_data)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  await expect.poll(() => textsOf(heard.getSnapshot().messages)).toEqual(sent)
  expect([asked, new Set(statuses)]).toEqual([2, new Set(['online'])])
  expect(await ben.request.endCall({ callId })).toEqual({ callId, reason: 'hung_up' })
})

it('[SE5] connects as soon as there is a token', async () => {
  const { enter } = await openTokens()
  let asked = 0
  const { ann, statuses } = enter(async () => {
    asked += 1
    if (asked <= 2) throw new Error('The back end is away')
    return sign('ann')
  })
  const { session } = await until(ann.connection, isOnline)
  expect(session).toMatchObject({ user_id: 'ann', workspace_id: 'demo', is_guest: false })
  expect([asked, statuses.includes('offline'), statuses.includes('refused')]).toEqual([3, true, false])
})

it('[SE6] tries a token that the application gives while the one before is on its way to be refused', async () => {
  const { server } = await openChat({ tokens: { secrets: [secret] } })
  const [bad, good] = await Promise.all([sign('ann', 60_000, `${secret} of somebody else`), sign('ann')])
  const auth = {
    get token() {
      if (ann?.connection.getSnapshot().status === 'connecting')
        setTimeout(() => ann?.update({ auth: { token: good } }))
      return bad
    },
  }
  let ann: ChatClient | undefined
  ann = createChatClient({ url: server.url, auth })
  onTestFinished(() => ann?.close())
  ann.connect()
  expect(await ann.ready()).toMatchObject({ user_id: 'ann' })
})

it('[SE6] is refused with the second token that is not right, and goes on with a right one', async () => {
  const { enter } = await openTokens()
  let asked = 0
  const { ann } = enter(() => sign('ann', 60_000, ++asked <= 2 ? `${secret} of somebody else` : secret))
  const { error } = await until(ann.connection, ({ status }) => status === 'refused')
  expect([error?.code, asked]).toEqual(['unauthenticated', 2])
  ann.connect()
  await until(ann.connection, isOnline)
  expect(asked).toBe(3)
})

it('[SE8] sends nothing of one user when the next token is another user’s', async () => {
  const { client, enter } = await openTokens()
  let user = 'ann'
  const { ann } = enter(() => sign(user, 4_000))
  await until(ann.connection, isOnline)
  user = 'eve'
  const lobby = ann.rooms.messages('lobby')
  const unsent = new Promise<() => Promise<unknown>>((resolve) => {
    const stop = ann.connection.subscribe(() => {
      // At the first moment without a connection, so that it waits in the outbox.
      if (ann.connection.getSnapshot().status === 'online') return
      stop()
      const sent = lobby.send('As Ann')
      resolve(() => sent)
    })
  })
  await until(ann.connection, ({ status }) => status === 'refused')
  const sent = await unsent
  expect(ann.connection.getSnapshot()).toMatchObject({
    error: { code: 'forbidden' },
    session: { user_id: 'ann' },
  })

  const ben = client('ben')
  ben.connect()
  await until(ben.connection, isOnline)
  expect((await ben.request.join({ room: 'lobby' })).entries).toEqual([])

  user = 'ann'
  ann.connect()
  expect(await sent()).toMatchObject({ author: 'ann', message_data: 'As Ann' })
})
