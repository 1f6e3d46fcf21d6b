// A program that closes its bot in the middle of a draft, while it shows that it is typing.
import { createBot } from '../../src/bots/index.ts'

const url = process.env.CHAT_URL ?? ''
const bot = createBot({ url, workspace: 'demo', key: 'demo-key', user: { id: 'bot' }, rooms: ['lobby'] })
bot.onMessage((_, { typing, draft }) => {
  typing()
  draft().write('I think')
  setTimeout(async () => {
    await bot.close()
    console.log('closed')
  }, 300)
})
await bot.start()
console.log('started')
