// What the entries of the packed server share in one CommonJS program; prints what the test looks at.
const { createChatClient } = require('@dowellchat/client')
const { embeddedStore, RequestError, StartError } = require('@dowellchat/server')
const { s3Attachments } = require('@dowellchat/server/s3')
const { startServer } = require('@dowellchat/server/testing')
const { until } = require('./journey.cjs')

const dayMs = 24 * 60 * 60 * 1_000

/** What a client is told whom the team's own function refuses. */
async function refusal() {
  const server = await startServer({
    authenticate() {
      throw new RequestError('forbidden', 'You are banned')
    },
  })
  const client = createChatClient({ url: server.url, auth: { getToken: async () => 'any' } })
  client.connect()
  const { status, error } = await until(client.connection, (state) => state.status !== 'connecting')
  client.close()
  await server.close()
  return { status, message: error?.message }
}

/** Whether a store of the main entry has the time of the kit's clock. */
async function isDatedAhead() {
  const server = await startServer({ store: await embeddedStore({ path: ':memory:' }) })
  const client = createChatClient({ url: server.url, auth: server.authFor('ann') })
  client.connect()
  await client.ready()
  await server.clock.advance(10 * dayMs)
  const { created_at } = await client.rooms.messages('lobby').send('Hello')
  client.close()
  await server.close()
  return Date.parse(created_at) > Date.now() + 9 * dayMs
}

function isStartError() {
  try {
    s3Attachments({ endpoint: 'https://s3.example', bucket: '', accessKeyId: '-', secretAccessKey: '-' })
    return undefined
  } catch (error) {
    return error instanceof StartError
  }
}

async function main() {
  const seen = { refusal: await refusal(), isDatedAhead: await isDatedAhead(), isStartError: isStartError() }
  console.log(JSON.stringify(seen))
}

void main()
