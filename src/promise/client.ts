// A client as a plain type.

/**
 * A client as Toggl describes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Client {
  /** Toggl's id. */
  readonly id: number
  /** The workspace that it belongs to (`wid`). */
  readonly workspaceId: number
  /** Its name, as Toggl has it. */
  readonly name: string
  /** Whether it is put away: most lists leave it out. */
  readonly archived: boolean
  /** Its notes; empty where there are none. */
  readonly notes: string
  /** The last change, in milliseconds since the epoch: Toggl tells whole seconds. */
  readonly at?: number
  /** The Toggl user who made it. */
  readonly creatorId?: number
  /** What the user may do with it, by Toggl's names. */
  readonly permissions: ReadonlyArray<string>
  /** Its id in the service that it is linked to. */
  readonly integrationExtId?: string
  /** What it is in the service that it is linked to. */
  readonly integrationExtType?: string
  /** The service that it is linked to. */
  readonly integrationProvider?: string
  /** A reference of the user's own. */
  readonly externalReference?: string
  /** How many clients Toggl counts; in lists only. */
  readonly totalCount?: number
}
