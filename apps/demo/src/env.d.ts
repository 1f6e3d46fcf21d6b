/// <reference types="vite/client" />

interface ImportMetaEnv {
  /** The chat server, where it is not the one that the page comes from. */
  readonly VITE_CHAT_URL?: string
}
