import { clientRequests, pushes } from '@dowellchat/protocol'
import { expect, it, onTestFinished, vi } from 'vitest'
import { createFakeClient } from '../fake-client/index.ts'

function openFake() {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  return fake
}

it('has every request and push of the contract as a method, each the same whenever it is read', () => {
  const { request, on } = openFake()
  const methods = [
    ...Object.keys(clientRequests).map((name) => [request, name]),
    ...Object.keys(pushes).map((name) => [on, name]),
  ] as [Record<string, unknown>, string][]
  for (const [all, name] of methods) {
    expect(name in all, name).toBe(true)
    expect(all[name], name).toBeTypeOf('function')
    expect(all[name], name).toBe(all[name])
  }
})

it.each(['request', 'on'] as const)('leaves `%s` an object like others', async (name) => {
  const methods: object = openFake()[name]
  // No promise, which would wait for what `then` resolves to.
  expect(await methods).toBe(methods)
  expect(JSON.stringify({ methods })).toBe('{"methods":{}}')
  expect(`${methods}`).toBe('[object Object]')
  expect(methods).toEqual(methods)
  for (const other of ['then', 'toJSON', 'asymmetricMatch', '$$typeof', Symbol.iterator])
    expect(other in methods, String(other)).toBe(false)
})

it('lets a test replace a request', async () => {
  const { request } = openFake()
  const spy = vi.spyOn(request, 'get_room').mockRejectedValue(new Error('No'))
  await expect(request.get_room({ room: 'r' })).rejects.toThrow('No')
  expect(spy).toHaveBeenCalledOnce()
  spy.mockRestore()
})

it('rejects what is no request', async () => {
  const request = openFake().request as unknown as Record<string, (payload: object) => Promise<unknown>>
  await expect(request.get_rom?.({})).rejects.toThrow('There is no request get_rom')
})
