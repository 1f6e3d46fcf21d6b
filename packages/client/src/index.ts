/** The types of everything that travels; the client itself comes with the next issue. */
export type * from '@dowellchat/protocol'
