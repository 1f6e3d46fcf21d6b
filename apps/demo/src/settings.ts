const parameters = new URLSearchParams(location.search)

/** The chat server: the one that the page comes from, unless the build says another. */
export const chatUrl = import.meta.env.VITE_CHAT_URL ?? location.origin

/** `?workspace=` and `?key=` are for trying things out: a key in an address is no secret any more. */
export const workspaceId = parameters.get('workspace') ?? 'demo'
export const apiKey = parameters.get('key')

/** `?name=Ann&role=agent` fills in the first page. */
export const suggestedName = parameters.get('name') ?? ''
export const suggestedRole = parameters.get('role')
