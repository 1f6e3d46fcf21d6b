const parameters = new URLSearchParams(location.search)

/** The chat server, which serves this page too. */
export const chatUrl = location.origin

/** `?name=Ann&role=agent` fills in the first page. */
export const suggestedName = parameters.get('name') ?? ''
export const suggestedRole = parameters.get('role')

/** `?pane=desk`: the desk beside the shop. It is a frame of the same tab, where somebody else works. */
export const isDeskPane = parameters.get('pane') === 'desk'
