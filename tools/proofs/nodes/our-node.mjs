// Our server as the executable starts it, on a MongoDB and a bus.
import { createChatServer } from '../../../packages/server/dist/index.js'
import { redisBus } from '../../../packages/server/dist/redis.js'
import { mongoStore } from '../../../packages/server/dist/stores-mongo.js'

const { PORT, HOST, KEY_PEPPER, LIMITS = '', MONGODB_URI = '', REDIS_URL } = process.env
const limits = Object.fromEntries(
  LIMITS.split(',')
    .map((one) => one.split('='))
    .map(([name, value]) => [name, Number(value)]),
)
const server = await createChatServer({
  port: Number(PORT),
  host: HOST,
  keyPepper: KEY_PEPPER,
  limits,
  store: await mongoStore({ url: MONGODB_URI }),
  workspaces: [{ id: 'bench', keys: ['bench-key-with-more-than-32-letters'] }],
  ...(REDIS_URL && { bus: redisBus({ url: REDIS_URL, channel: new URL(MONGODB_URI).pathname }) }),
})
process.on('SIGTERM', () => server.close().then(() => process.exit(0)))
