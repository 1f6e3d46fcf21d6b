import type { WidgetAuth, WidgetOptions } from './options.ts'

/** What a `<script>` element says in its `data-` attributes. */
export type ScriptData = Readonly<Record<string, string | undefined>>

/**
 * The widget's options as the attributes of its `<script>` say them; the server is the one that the script comes from.
 * @throws Error that says which attribute is missing
 */
export function scriptOptions(data: ScriptData, src: string): WidgetOptions {
  const { server, path, topic, title, greeting, color, theme, side } = data
  return {
    url: server ?? new URL(src).origin,
    auth: authOf(data),
    ...{ path: path ?? pathBeside(src, server), topic, title, greeting, color },
    theme: theme === 'light' || theme === 'dark' ? theme : 'auto',
    side: side === 'left' ? 'left' : 'right',
    sound: data.sound !== 'off',
    askName: data.askName !== 'off',
    isOpen: data.open !== undefined && data.open !== 'off',
  }
}

/** Where the sockets are, beside the script: a proxy may have put the server below a path. */
function pathBeside(src: string, server: string | undefined): string | undefined {
  return server === undefined ? new URL('socket.io', src).pathname : undefined
}

function authOf({ workspace, tokenUrl, token, name }: ScriptData): WidgetAuth {
  const inWorkspace = workspace === undefined ? {} : { workspace_id: workspace }
  if (tokenUrl !== undefined) return { getToken: () => fetchToken(tokenUrl), ...inWorkspace }
  if (token !== undefined) return { token, ...inWorkspace }
  if (workspace === undefined)
    throw new Error('dowellchat widget: the script needs data-workspace, data-token-url or data-token')
  return { guest: true, workspace_id: workspace, ...(name !== undefined && { name }) }
}

/** From the page's own back end, which knows its visitor by a cookie. It answers `{"token": "…"}`, or the token alone. */
async function fetchToken(url: string): Promise<string> {
  const answer = await fetch(url, { credentials: 'same-origin', cache: 'no-store' })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  const text = (await answer.text()).trim()
  return text.startsWith('{') ? (JSON.parse(text) as { token: string }).token : text
}
