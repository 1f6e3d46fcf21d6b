import sdk = require('@dowellchat/client')
import hooks = require('@dowellchat/client/react')

const client: sdk.ChatClient = sdk.createChatClient({
  url: 'http://localhost:4000',
  auth: { token: 'a.b.c' },
})
const error: typeof sdk.RequestError.prototype.code = 'forbidden'
export = { client, error, useMessages: hooks.useMessages }
