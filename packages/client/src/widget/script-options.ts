import type { WidgetAuth, WidgetOptions } from './options.ts'

/** What a `<script>` element says in its `data-` attributes. */
export type ScriptData = Readonly<Record<string, string | undefined>>

/**
 * The widget's options as the attributes of its `<script>` say them; the server is the one that the script comes from.
 * @param onNobody called with a guest where the page's own back end says later that nobody is logged in any more
 * @throws Error that says which attribute is missing
 */
export function scriptOptions(
  data: ScriptData,
  src: string,
  onNobody?: (guest: WidgetAuth) => void,
): WidgetOptions {
  const { server, path, topic, title, greeting, color, theme, side } = data
  return {
    url: server ?? new URL(src).origin,
    auth: authOf(data, onNobody),
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

function authOf(data: ScriptData, onNobody?: (guest: WidgetAuth) => void): WidgetAuth {
  const { workspace, tokenUrl, token, name } = data
  const inWorkspace = workspace === undefined ? {} : { workspace_id: workspace }
  async function getToken(url: string): Promise<string> {
    const fetched = await fetchToken(url)
    if (fetched !== null) return fetched
    if (workspace !== undefined) onNobody?.(guestOf(workspace, name))
    throw new Error(`${url} says that nobody has logged in`)
  }
  if (tokenUrl !== undefined) return { getToken: () => getToken(tokenUrl), ...inWorkspace }
  if (token !== undefined) return { token, ...inWorkspace }
  if (workspace === undefined)
    throw new Error('dowellchat widget: the script needs data-workspace, data-token-url or data-token')
  return guestOf(workspace, name)
}

function guestOf(workspace_id: string, name: string | undefined): WidgetAuth {
  return { guest: true, workspace_id, ...(name !== undefined && { name }) }
}

/**
 * Who the visitor is, as soon as that must be known. Undefined: as the attributes say. A guest where the page's own back end says that
 * nobody has logged in.
 */
export async function visitorOf({ tokenUrl, workspace, name }: ScriptData): Promise<WidgetAuth | undefined> {
  if (tokenUrl === undefined || workspace === undefined) return undefined
  const token = await fetchToken(tokenUrl).catch(() => undefined)
  return token === null ? guestOf(workspace, name) : undefined
}

/** From the page's own back end, which knows its visitor by a cookie. It answers `{"token": "…"}`, or the token alone; null: nobody. */
async function fetchToken(url: string): Promise<string | null> {
  const answer = await fetch(url, { credentials: 'same-origin', cache: 'no-store' })
  if (answer.status === 204 || answer.status === 401) return null
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}`)
  const text = (await answer.text()).trim()
  return text.startsWith('{') ? (JSON.parse(text) as { token: string }).token : text
}
