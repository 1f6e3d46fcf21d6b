/** The version of the current dialect, sent as `auth.protocol`. A socket that sends none speaks V2. */
export const protocolVersion = 1
