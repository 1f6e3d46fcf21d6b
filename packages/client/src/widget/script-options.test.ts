import { expect, it, onTestFinished, vi } from 'vitest'
import { scriptOptions, visitorOf } from './script-options.ts'

const src = 'https://chat.example/widget.js'

it('[WI14] reads what a script’s attributes say', () => {
  expect(scriptOptions({ workspace: 'shop', topic: 'orders', askName: 'off', open: '' }, src)).toMatchObject({
    url: 'https://chat.example',
    path: '/socket.io',
    auth: { guest: true, workspace_id: 'shop' },
    topic: 'orders',
    theme: 'auto',
    side: 'right',
    sound: true,
    askName: false,
    isOpen: true,
  })
  expect(
    scriptOptions({ workspace: 'shop', theme: 'dark', side: 'left', sound: 'off', name: 'Ann' }, src),
  ).toMatchObject({
    ...{ theme: 'dark', side: 'left', sound: false, isOpen: false },
    auth: { guest: true, workspace_id: 'shop', name: 'Ann' },
  })
})

it('[WI14] finds the sockets beside the script, or where it is told to', () => {
  const below = 'https://shop.example/chat/widget.js?1'
  expect(scriptOptions({ workspace: 'shop' }, below)).toMatchObject({
    ...{ url: 'https://shop.example', path: '/chat/socket.io' },
  })
  const elsewhere = scriptOptions({ workspace: 'shop', server: 'https://chat.example', path: '/s' }, below)
  expect(elsewhere).toMatchObject({ url: 'https://chat.example', path: '/s' })
})

it('[WI14] says which attribute is missing', () => {
  expect(() => scriptOptions({ topic: 'orders' }, src)).toThrow(
    /data-workspace, data-token-url or data-token/,
  )
})

function answerWith(...answers: Response[]): void {
  vi.stubGlobal('fetch', async () => answers.shift())
  onTestFinished(() => void vi.unstubAllGlobals())
}

it('[WI9] fetches tokens from the page’s own back end, as JSON or as such', async () => {
  answerWith(new Response('{"token":"a.b.c"}'), new Response('a.b.d\n'), new Response('', { status: 500 }))
  const { auth } = scriptOptions({ tokenUrl: '/token' }, src)
  const getToken = 'getToken' in auth ? auth.getToken : undefined
  expect([await getToken?.(), await getToken?.()]).toEqual(['a.b.c', 'a.b.d'])
  await expect(getToken?.()).rejects.toThrow('/token answered 500')
})

it('[WI9] says when that back end knows nobody any more', async () => {
  answerWith(new Response('', { status: 401 }), new Response(null, { status: 204 }))
  const guests: unknown[] = []
  for (const data of [{ tokenUrl: '/token', workspace: 'shop', name: 'Ann' }, { tokenUrl: '/token' }]) {
    const { auth } = scriptOptions(data, src, (guest) => guests.push(guest))
    await expect('getToken' in auth && auth.getToken()).rejects.toThrow('nobody has logged in')
  }
  expect(guests).toEqual([{ guest: true, workspace_id: 'shop', name: 'Ann' }])
})

it('[WI9] is a guest where that back end says that nobody has logged in', async () => {
  const data = { tokenUrl: '/token', workspace: 'shop' }
  answerWith(
    new Response('', { status: 401 }),
    new Response(null, { status: 204 }),
    new Response('a.b.c'),
    new Response('', { status: 500 }),
  )
  const guest = { guest: true, workspace_id: 'shop' }
  const visitors = [
    await visitorOf(data),
    await visitorOf(data),
    await visitorOf(data),
    await visitorOf(data),
  ]
  expect(visitors).toEqual([guest, guest, undefined, undefined])
  expect(await visitorOf({ tokenUrl: '/token' })).toBeUndefined()
})
