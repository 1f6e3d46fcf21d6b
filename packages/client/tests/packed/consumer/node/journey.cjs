// What an ES module and a CommonJS file do with the packed packages; answers what the test looks at.

/**
 * @param {import('@dowellchat/client').Observable<T>} observable
 * @param {(state: T) => boolean} isSo
 * @template T
 */
function until(observable, isSo) {
  return new Promise((resolve) => {
    const look = () => {
      if (!isSo(observable.getSnapshot())) return
      stop()
      resolve(observable.getSnapshot())
    }
    const stop = observable.subscribe(look)
    look()
  })
}

exports.until = until

/** @param {{ react: typeof import('react'), hooks: typeof import('@dowellchat/client/react') }} modules */
function Lobby({ react, hooks }) {
  return react.createElement('p', null, hooks.useMessages('lobby').status)
}

/**
 * @param {{ sdk: typeof import('@dowellchat/client'), hooks: typeof import('@dowellchat/client/react'),
 *   testing: typeof import('@dowellchat/server/testing'), react: typeof import('react'),
 *   dom: typeof import('react-dom/server') }} modules
 */
exports.journey = async ({ sdk, hooks, testing, react, dom }) => {
  const server = await testing.startServer()
  const open = (/** @type {string} */ user_id) =>
    sdk.createChatClient({ url: server.url, auth: { workspace_id: 'demo', api_key: 'demo-key', user_id } })
  const [ann, bob] = [open('ann'), open('bob')]
  const lobby = bob.rooms.messages('lobby')
  bob.connect()
  lobby.retain()
  await until(lobby, ({ sync }) => sync === 'live')

  ann.connect()
  await until(ann.connection, ({ status }) => status === 'online')
  await ann.rooms.messages('lobby').send('Hello, World!')
  const { messages } = await until(lobby, (state) => state.messages.length > 0)
  // Node has no microphone: the code for calls is loaded, and says so.
  const failure = await ann.calls.start('bob').catch((error) => error)

  const page = react.createElement(
    hooks.ChatProvider,
    { client: ann },
    react.createElement(Lobby, { react, hooks }),
  )
  const html = dom.renderToString(page)
  for (const client of [ann, bob]) client.close()
  await server.close()
  return {
    heard: messages.map(({ message }) => message.message_data),
    failure: failure instanceof sdk.MediaError && failure.code,
    html,
    exports: { sdk: Object.keys(sdk), hooks: Object.keys(hooks) },
  }
}
