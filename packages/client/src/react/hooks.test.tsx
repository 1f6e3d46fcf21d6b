import { expect, it } from 'vitest'
import { openChat } from '../testing/chat.ts'
import { mountHook } from './testing/mount.tsx'
import { useMessages } from './use-messages.ts'

it('follows a room', async () => {
  const { client } = await openChat()
  const ann = client('ann')
  const hook = mountHook(ann, () => useMessages('lobby'))
  await expect.poll(() => hook.answer?.sync).toBe('live')
  await hook.answer?.sendMessage('Hello')
  await expect.poll(() => hook.answer?.messages.map(({ message_data }) => message_data)).toEqual(['Hello'])
  console.log(
    hook.answers.map(({ status, sync, messages }) => [status, sync, messages.map((m) => m.delivery)]),
  )
})
