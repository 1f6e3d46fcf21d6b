import { expect, it, onTestFinished, vi } from 'vitest'
import { createFakeClient } from '../fake-client/index.ts'
import { until } from '../testing/chat.ts'

async function openPending() {
  const fake = createFakeClient({ user_id: 'ann' })
  onTestFinished(() => fake.close())
  await fake.ready()
  const pending = fake.attachments.pending()
  const letGo = pending.retain()
  onTestFinished(letGo)
  await until(pending, ({ canAttach }) => canAttach)
  const asked = (name: string) => fake.requests.filter((one) => one.name === name).length
  const shown = () => pending.getSnapshot().attachments
  return { fake, pending, letGo, asked, shown }
}

const picture = (name = 'a.png') => new File(['bytes'], name, { type: 'image/png' })

it('[UP10] uploads what is added, shows how far it is, and may be sent once all is there', async () => {
  const { fake, pending, shown } = await openPending()
  const release = fake.hold('finish_upload')
  const chosen = [picture(), new File(['x'], 'page.html', { type: 'text/html' })]
  pending.add(chosen)
  // As a page empties its input.
  chosen.length = 0
  await until(pending, ({ attachments }) => attachments.every(({ progress }) => progress === 1))
  expect(pending.getSnapshot().isReady).toBe(false)
  expect(shown()).toMatchObject([
    { name: 'a.png', size: 5, status: 'uploading', previewUrl: expect.stringMatching(/^blob:/) },
    // Nothing that could run in the page.
    { name: 'page.html', status: 'uploading', previewUrl: null },
  ])
  await expect(
    fake.rooms.messages('lobby').send('Too early', { attachments: shown() }),
  ).rejects.toMatchObject({ code: 'invalid_payload' })
  release()
  await until(pending, ({ isReady }) => isReady)
  const sent = await fake.rooms.messages('lobby').send('', { attachments: shown() })
  expect(sent.attachments).toEqual(shown().map(({ attachment }) => attachment))
  const [first] = shown()
  pending.clear()
  expect(pending.getSnapshot()).toMatchObject({ attachments: [], isReady: true, error: null })
  await expect(fetch(first?.previewUrl ?? '')).rejects.toThrow()
  // What was sent stays.
  expect(fake.requests.map(({ name }) => name)).not.toContain('cancel_upload')
})

it('[UP11] takes ten files, and says so when there are more', async () => {
  const { pending, shown } = await openPending()
  pending.add(Array.from({ length: 12 }, (_, n) => picture(`${n}.png`)))
  expect(shown()).toHaveLength(10)
  expect(pending.getSnapshot().error).toMatchObject({ code: 'limit_reached' })
  await until(pending, ({ isReady }) => isReady)
  pending.remove(shown()[0]?.id ?? '')
  expect(pending.getSnapshot().error).toBeNull()
  pending.add([picture('last.png')])
  expect(
    shown()
      .map(({ name }) => name)
      .slice(-2),
  ).toEqual(['9.png', 'last.png'])
})

it('[UP12] cancels what is removed, and removes what was uploaded', async () => {
  const { fake, pending, asked, shown } = await openPending()
  const release = fake.hold('finish_upload')
  pending.add([picture('1.png'), picture('2.png'), picture('3.png')])
  await until(pending, ({ attachments }) => attachments[1]?.progress === 1)
  expect(shown().map(({ status }) => status)).toEqual(['uploading', 'uploading', 'waiting'])
  for (const { id } of [...shown()].slice(1)) pending.remove(id)
  release()
  await until(pending, ({ attachments, isReady }) => attachments.length === 1 && isReady)
  await expect.poll(() => asked('cancel_upload')).toBe(1)
  expect(asked('create_upload')).toBe(2)
  pending.remove(shown()[0]?.id ?? '')
  await expect.poll(() => asked('cancel_upload')).toBe(2)
  pending.remove('an id that there is not')
})

it('[UP13] shows why a file failed, and uploads it again when told to', async () => {
  const { fake, pending, shown } = await openPending()
  fake.fail('create_upload', 'limit_reached', 'No room until tomorrow')
  pending.add([picture(), new File([], 'empty.txt')])
  await until(pending, ({ attachments }) => attachments.every(({ status }) => status === 'failed'))
  expect(shown()).toMatchObject([
    { error: { code: 'limit_reached', message: 'No room until tomorrow' }, canRetry: true, progress: 0 },
    { error: { code: 'invalid_payload', message: 'The file is empty' }, canRetry: false },
  ])
  expect(pending.getSnapshot().isReady).toBe(false)
  fake.succeed('create_upload')
  for (const { id } of shown()) pending.retry(id)
  await until(pending, ({ attachments }) => attachments[0]?.status === 'ready')
  expect(shown()[0]).toMatchObject({ error: null, canRetry: false })
  expect(shown()[1]?.status).toBe('failed')
})

it('[UP13] waits without a connection, and uploads what was chosen once there is one', async () => {
  const { fake, pending, asked, shown } = await openPending()
  fake.goOffline()
  pending.add([picture('1.png'), picture('2.png')])
  expect(shown()).toMatchObject([{ status: 'waiting' }, { status: 'waiting' }])
  pending.remove(shown()[0]?.id ?? '')
  await fake.goOnline()
  await until(pending, ({ isReady }) => isReady)
  expect(shown()).toMatchObject([{ name: '2.png', status: 'ready' }])
  expect(asked('create_upload')).toBe(1)
})

it('[UP14] lets go of all files a second after the last holder, and not before', async () => {
  const { fake, pending, letGo, shown } = await openPending()
  const release = fake.hold('finish_upload')
  pending.add([picture()])
  await until(pending, ({ attachments }) => attachments[0]?.progress === 1)
  const [row] = shown()
  letGo()
  const again = pending.retain()
  again()
  expect(shown()).toEqual([row])
  await until(pending, ({ attachments }) => attachments.length === 0)
  await expect(fetch(row?.previewUrl ?? '')).rejects.toThrow()
  release()
  await expect.poll(() => fake.requests.map(({ name }) => name)).toContain('cancel_upload')
})

it('[UP15] knows whether files may be attached, and shows nothing new for a reconnect that says the same', async () => {
  const { fake, pending } = await openPending()
  const before = pending.getSnapshot()
  fake.goOffline()
  await fake.goOnline()
  expect(pending.getSnapshot()).toBe(before)
})

it('[UP10] uploads pictures without a preview where the platform cannot make one', async () => {
  const { fake, pending, shown } = await openPending()
  // As React Native on Android does, which may know pictures all the same.
  const made = vi.spyOn(URL, 'createObjectURL').mockImplementation(() => {
    throw new Error('Cannot create URL for blob!')
  })
  vi.stubGlobal('Image', class {})
  onTestFinished(() => {
    made.mockRestore()
    vi.unstubAllGlobals()
  })
  pending.add([picture()])
  await until(pending, ({ isReady }) => isReady)
  expect(shown()).toMatchObject([{ name: 'a.png', status: 'ready', previewUrl: null }])
  const message = await fake.rooms.messages('lobby').send('', { attachments: shown() })
  const [attachment] = message.attachments ?? []
  if (!attachment) throw new Error('It was sent without its file')
  const url = fake.attachments.urlOf(message, attachment)
  onTestFinished(url.retain())
  expect(await until(url, ({ status }) => status === 'ready')).toMatchObject({
    data: expect.stringContaining(attachment.upload_id),
  })
})
