import { expect, it, onTestFinished } from 'vitest'
import { openChat } from '../src/testing/connect.ts'
import { found, say, searched, searchWorkspaces } from './support/searching.ts'

it('[FT1] finds messages', async () => {
  const chat = await openChat(onTestFinished, { workspaces: searchWorkspaces })
  const ann = await chat.connect('ann')
  await ann.request('join', { room: 'lobby' })
  await say(ann, 'lobby', 'Hello world, this is a café')
  await expect.poll(() => found(ann, 'cafe'), { timeout: 10_000 }).toEqual(['Hello world, this is a café'])
  void searched
})
