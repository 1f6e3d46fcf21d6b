const parameters = new URLSearchParams(location.search)

/** The chat server: the page's own origin, unless `VITE_CHAT_URL` names another at build time. */
export const chatUrl = import.meta.env.VITE_CHAT_URL ?? location.origin

/** `?workspace=` and `?key=` are for trials only: a key in an address is not secret. */
export const workspaceId = parameters.get('workspace') ?? 'demo'
export const apiKey = parameters.get('key')

/** `?name=Ann&role=agent` fills in the first page. */
export const suggestedName = parameters.get('name') ?? ''
export const suggestedRole = parameters.get('role')
