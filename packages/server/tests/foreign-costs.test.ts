import { randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { type RequestName, requests } from '@dowellchat/protocol'
import { expect, it, onTestFinished } from 'vitest'
import { permissions } from '../src/identity/permissions.ts'
import { embeddedStore } from '../src/stores/embedded/index.ts'
import type { Store } from '../src/stores/store.ts'
import { openChat, type TestSocket } from '../src/testing/connect.ts'
import { impersonal } from './support/impersonal.ts'
import { type Names, samplesOf } from './support/sample-payloads.ts'

/** What the server asks for on its own, at any time. */
const inTheBackground =
  /^(audit|changes|users\.see|close|nodes|lineManagers\.(absent|list)|tickets\.assignWaiting)/

/** Whether root, who is connected, is a line manager: the server looks it up by itself, too, some time after they have come. */
const isOfAttendance = (name: string, args: readonly unknown[]): boolean =>
  name === 'lineManagers.get' && args[1] === 'root'

/** A store that notes which of its methods are called. */
async function notingStore(): Promise<{ store: Store; called: string[] }> {
  const store = await embeddedStore({ path: ':memory:' })
  const called: string[] = []
  const domains = Object.entries(store).map(([domain, methods]) => {
    if (typeof methods !== 'object') return [domain, methods]
    const get = (target: object, method: string) => {
      const name = `${domain}.${method}`
      const run = Reflect.get(target, method) as unknown
      const note = (args: readonly unknown[] = []): void => {
        if (!inTheBackground.test(name) && !isOfAttendance(name, args)) called.push(name)
      }
      if (typeof run !== 'function') {
        note()
        return run
      }
      return (...args: unknown[]) => {
        note(args)
        return Reflect.apply(run, target, args) as unknown
      }
    }
    return [domain, new Proxy(methods, { get: (target, method) => get(target, String(method)) })]
  })
  // Each domain under its own name.
  return { store: Object.fromEntries(domains) as Store, called }
}

async function foreignThings(ben: TestSocket, agent: TestSocket): Promise<Partial<Names>> {
  const room = await ben.request('create_room', { kind: 'members', members: ['cat'], cid: randomUUID() })
  const { invite } = await ben.request('create_invite', { room: room._id, cid: randomUUID() })
  const ticket = await ben.request('create_ticket', { product: 'billing', cid: randomUUID() })
  const ringing = { userToCall: 'ben', signalData: 'x', cid: randomUUID() }
  const { callId } = await agent.request('callUser', ringing)
  // An invite admits whoever has it.
  return { members: room._id, ticket: ticket._id, call: callId, user: 'ben', invite: `${invite}x` }
}

function namesOf(things: Partial<Names>): Names {
  const missing = {
    members: `~${randomUUID()}`,
    ticket: randomUUID(),
    call: randomUUID(),
    user: 'no-such-person',
  }
  const nothing = { socket: 'A'.repeat(20), message: randomUUID(), epoch: randomUUID(), key: randomUUID() }
  const invite = `~${randomUUID()}.${'x'.repeat(32)}`
  // In a new room, what is sent has the same places each time.
  return {
    room: randomUUID(),
    topic: 'billing',
    audit: randomUUID(),
    upload: randomUUID(),
    invite,
    ...nothing,
    ...missing,
    ...things,
  }
}

const restricted = (Object.keys(requests) as RequestName[]).filter((name) => {
  const { customer, scope } = permissions[name]
  return (customer === 'own' || name === 'answerCall' || name === 'endCall') && !scope
})

it('[CC5] asks the store for the same and answers the same, whether something is somebody else’s or missing', async () => {
  const { store, called } = await notingStore()
  const workspaces = [{ id: 'demo', keys: ['demo-key'] }]
  const chat = await openChat(onTestFinished, { store, workspaces })
  const root = await chat.connect('root', { role: 'admin' })
  await root.request('create_topic', { name: 'billing', cid: randomUUID() })
  const [ann, ben] = [await chat.connect('ann'), await chat.connect('ben')]
  await root.request('create_room', { kind: 'members', members: ['ben', 'cat'], cid: randomUUID() })
  const [missing, foreign] = [namesOf({}), namesOf(await foreignThings(ben, root))]

  async function cost(name: RequestName, names: Names): Promise<unknown[]> {
    const costs: unknown[] = []
    for (const payload of samplesOf(name, names, randomUUID())) {
      called.length = 0
      const answer = impersonal(await ann.ask(name, payload), names)
      costs.push({ asked: [...called], answer })
    }
    return costs
  }

  // What is told of a topic's line is the same for everybody, and is read for whoever asks first.
  await cost('get_estimate', missing)
  expect(restricted).toEqual(expect.arrayContaining(['close_ticket', 'join_ticket', 'get_room', 'callUser']))
  const both = async (name: RequestName) => [await cost(name, foreign), await cost(name, missing)]
  for (const name of restricted) {
    let [one, other] = await both(name)
    // Since then ann follows the topic's line, which the server reads at its own times.
    for (let n = 0; n < 3 && !isDeepStrictEqual(one, other); n++) [one, other] = await both(name)
    expect(one, name).toEqual(other)
  }
})
