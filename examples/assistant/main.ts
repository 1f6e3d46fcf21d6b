import { startAssistant } from './assistant.ts'

const { CHAT_URL, CHAT_WORKSPACE, CHAT_KEY, MODEL_URL, MODEL_NAME, MODEL_KEY } = process.env
if (!CHAT_URL || !CHAT_WORKSPACE || !CHAT_KEY || !MODEL_URL || !MODEL_NAME)
  throw new Error('Set CHAT_URL, CHAT_WORKSPACE, CHAT_KEY, MODEL_URL and MODEL_NAME')

const bot = await startAssistant({
  ...{ url: CHAT_URL, workspace: CHAT_WORKSPACE, key: CHAT_KEY },
  model: { url: MODEL_URL, name: MODEL_NAME, key: MODEL_KEY },
})
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void bot.close())
