import { version as released } from '../package.json'

/** The version of this package. */
export const version: string = released
