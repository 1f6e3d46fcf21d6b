import type { MetaSetting, ShareLink } from '@dowellchat/protocol'
import type { ClientMade, Creation } from './rows.ts'

export interface NewShareLink
  extends ClientMade,
    Pick<ShareLink, 'link_id' | 'number_of_links' | 'product_distribution' | 'usernames' | 'link'> {
  readonly workspace_id: string
  readonly created_by: string
}

/** What one ticket takes of a link. */
export interface LinkUse {
  /** Under which user the ticket is opened. */
  readonly user_id: string
}

/** A use, and what it was asked for with. */
export interface TakenLink extends LinkUse {
  readonly link_id: string
  readonly product: string
  readonly cid: string
}

export interface ShareLinkStore {
  create(link: NewShareLink): Promise<Creation<ShareLink>>
  /** By its `link_id`, in whichever workspace. */
  find(linkId: string): Promise<{ readonly workspace_id: string; readonly link: ShareLink } | null>
  /**
   * Takes one link, one of its topic and one name; the same cid takes no second one. `used_up` where none is left, of the link or of the topic;
   * null where there is no such link in the workspace.
   */
  use(workspaceId: string, linkId: string, product: string, cid: string): Promise<LinkUse | 'used_up' | null>
  /** Undoes a use whose ticket was not opened: the name is the link's next again. One that is not there is none. */
  giveBack(workspaceId: string, taken: TakenLink): Promise<void>
  setMeta(
    workspaceId: string,
    setting: Pick<MetaSetting, 'waiting_time' | 'operation_time'>,
  ): Promise<MetaSetting>
  meta(workspaceId: string): Promise<MetaSetting | null>
}
