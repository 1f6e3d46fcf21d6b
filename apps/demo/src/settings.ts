const parameters = new URLSearchParams(location.search)

/** The chat server: the page's own origin, unless `VITE_CHAT_URL` names another at build time. */
export const chatUrl = import.meta.env.VITE_CHAT_URL ?? location.origin

/** `?name=Ann&role=agent` fills in the first page. */
export const suggestedName = parameters.get('name') ?? ''
export const suggestedRole = parameters.get('role')
