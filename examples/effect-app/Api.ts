/**
 * What the app offers over HTTP: the library's schemas are what it takes and gives, and the library's errors are its own.
 *
 * @since 0.1.0
 */
import * as HttpApi from "@effect/platform/HttpApi"
import * as HttpApiEndpoint from "@effect/platform/HttpApiEndpoint"
import * as HttpApiGroup from "@effect/platform/HttpApiGroup"
import * as HttpApiSchema from "@effect/platform/HttpApiSchema"
import * as Schema from "effect/Schema"
import { Client, ClientError, Receipt, Status, View } from "../../src/index.js"

const workspaceId = HttpApiSchema.param("workspaceId", Schema.NumberFromString.pipe(Schema.compose(Client.WorkspaceId)))

// Each error by itself, for the status is the error's: of a union it would not be heeded. Whoever calls finds it by its `_tag`, with
// the class's own message.
const clients = HttpApiGroup.make("clients")
  .add(
    HttpApiEndpoint.get("view")`/workspaces/${workspaceId}/clients`
      .addSuccess(View.View)
      .addError(ClientError.NoLocalCopy, { status: 503 })
      .addError(ClientError.Unauthorized, { status: 502 })
      .addError(ClientError.CredentialsUnavailable, { status: 502 })
      .addError(ClientError.QuotaExceeded, { status: 503 })
      .addError(ClientError.RateLimited, { status: 503 })
      .addError(ClientError.ServerError, { status: 502 })
      .addError(ClientError.Unreachable, { status: 502 })
      .addError(ClientError.RedirectedElsewhere, { status: 502 })
      .addError(ClientError.UnexpectedAnswer, { status: 502 })
      .addError(ClientError.InvalidStatus, { status: 422 })
  )
  .add(
    HttpApiEndpoint.post("create")`/workspaces/${workspaceId}/clients`
      .setPayload(Client.CreateInput)
      .addSuccess(Receipt.Receipt(Client.Client))
      .addError(ClientError.NotSaved, { status: 507 })
      .addError(ClientError.InvalidName, { status: 422 })
      .addError(ClientError.Undecided, { status: 409 })
      .addError(ClientError.Conflict, { status: 409 })
      .addError(ClientError.Discarded, { status: 410 })
  )
  .addError(ClientError.NotFound, { status: 404 })
  .addError(ClientError.Forbidden, { status: 403 })
  .addError(ClientError.BadRequest, { status: 422 })
  .addError(ClientError.PlanRequired, { status: 402 })
  .addError(ClientError.Gone, { status: 410 })

const outbox = HttpApiGroup.make("outbox").add(
  HttpApiEndpoint.get("status", "/outbox/status").addSuccess(Status.Status)
)

/**
 * The app's API: two groups of endpoints.
 *
 * @since 0.1.0
 * @category apis
 */
export class Api extends HttpApi.make("tracker").add(clients).add(outbox) {}
