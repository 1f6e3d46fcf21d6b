import { expect, it, onTestFinished } from 'vitest'
import { callTo } from '../../../tests/support/phones.ts'
import { embeddedStore } from '../../stores/embedded/index.ts'
import type { CallStore } from '../../stores/store.ts'
import { openChat } from '../../testing/connect.ts'

it('[BG19] handles what somebody asks of calls in their order, and nobody waits for another', async () => {
  const store = await embeddedStore({ path: ':memory:' })
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  const create: CallStore['create'] = async (call) => {
    if (call.caller.user_id === 'mallory') await released
    return store.calls.create(call)
  }
  const chat = await openChat(onTestFinished, { store: { ...store, calls: { ...store.calls, create } } })
  const [mallory, ann, bob] = [
    await chat.connect('mallory'),
    await chat.connect('ann'),
    await chat.connect('bob'),
  ]
  const answered: string[] = []
  const asked = (name: string, answer: Promise<unknown>) => answer.then(() => answered.push(name))
  const held = [
    asked('call', mallory.request('callUser', callTo('bob'))),
    asked('history', mallory.request('get_calls', {})),
  ]
  await asked('ann', ann.request('callUser', callTo('bob')))
  await asked('bob', bob.request('get_calls', {}))
  expect(answered).toEqual(['ann', 'bob'])
  release()
  await Promise.all(held)
  expect(answered).toEqual(['ann', 'bob', 'call', 'history'])
})
