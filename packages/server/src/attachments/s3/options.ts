/** A bucket of Amazon S3, or of another store that speaks its protocol. */
export interface S3AttachmentOptions {
  /** Where browsers and this server reach the store, as `https://s3.eu-central-1.amazonaws.com`. */
  readonly endpoint: string
  readonly bucket: string
  /** Default `us-east-1`, which stores without regions expect. */
  readonly region?: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
  /** Before the key of every object, as `chat/`. Default: nothing. */
  readonly prefix?: string
  /** How long the store may say nothing before it has answered to the end, in milliseconds. Default 10,000. */
  readonly timeoutMs?: number
}
