/** A hook was used outside a `<ChatProvider>`. */
export class ProviderMissingError extends Error {
  override readonly name = 'ProviderMissingError'
  readonly code = 'provider_missing'

  constructor() {
    super('dowellchat’s hooks work below a <ChatProvider> only: put one around this component')
  }
}
