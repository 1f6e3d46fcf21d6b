import { expect, it, onTestFinished } from 'vitest'
import { connect } from '../src/stores/mongo/connection.ts'
import { storeOver } from '../src/stores/mongo/index.ts'
import type { Store } from '../src/stores/store.ts'
import { openChat, type TestSocket } from '../src/testing/connect.ts'
import { range } from '../src/testing/store-cases/making.ts'
import { describeTwoServers } from './support/two-servers.ts'

const deadlineMs = 30_000
const patience = { timeout: 30_000 }
const clients = 60
const rooms = 6

/** A server, the commands that it sends, each with its collection, and whom it has noted as seen. */
async function openWatched(url: string) {
  const connection = await connect({ url, deadlineMs }, { monitorCommands: true })
  const commands: string[] = []
  connection.client.on('commandStarted', ({ commandName, command }) => {
    commands.push(`${commandName} ${command[commandName]}`)
  })
  const store = await storeOver(connection)
  const seen = new Set<string>()
  const users: Store['users'] = {
    ...store.users,
    async see(...args) {
      await store.users.see(...args)
      for (const { user_id } of args[1]) seen.add(user_id)
    },
  }
  const chat = await openChat(onTestFinished, { store: { ...store, users }, keyPepper: 'one pepper' })
  return { chat, commands, seen }
}

describeTwoServers('Clients that come back to another server at once', ({ newUrl }) => {
  it("read each room once, and write nobody's row again", {
    timeout: 120_000,
  }, async () => {
    const url = newUrl()
    const [east, west] = [await openWatched(url), await openWatched(url)]
    const people = range(1, clients).map((n) => ({ user: `user ${n}`, room: `room ${n % rooms}` }))
    const connectAll = ({ chat }: typeof east) => Promise.all(people.map(({ user }) => chat.connect(user)))
    const joinAll = (sockets: readonly TestSocket[]) =>
      Promise.all(sockets.map((socket, at) => socket.request('join', { room: people[at]?.room ?? '' })))
    const before = await connectAll(east)
    await joinAll(before)
    await expect.poll(() => east.seen.size, patience).toBe(clients)

    const { commands } = west
    commands.length = 0
    for (const { socket } of before) socket.disconnect()
    const sockets = await connectAll(west)
    await joinAll(sockets)
    // What is written behind the joins.
    await expect.poll(() => west.seen.size, patience).toBe(clients)
    await expect
      .poll(() => commands.filter((one) => one === 'find readers').length, patience)
      .toBeGreaterThanOrEqual(rooms)
    // Each room is read once, whoever joins it.
    expect(commands.filter((one) => /^find (streams|entries)$/.test(one)).length).toBeLessThanOrEqual(
      8 * rooms,
    )
    expect(commands.filter((one) => /^(insert|update) (users|readers)$/.test(one))).toEqual([])
  })
})
