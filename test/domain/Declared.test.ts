import { describe, expectTypeOf, it } from "@effect/vitest"
import type * as Schema from "effect/Schema"
import type * as Types from "effect/Types"
import type { Client, ClientError, Entry, Mutation } from "../../src/index.js"
import type { answered, asked, Answered, Asked } from "../../src/error/base.js"

// An editor tells nothing of fields that are known from a schema alone: those of these types are written out, with what they
// are. The compiler holds them to their schemas here.

type Tag = ClientError.ClientError["_tag"]

type FieldsOf<Of extends Tag> = Types.Simplify<Schema.Struct.Type<(typeof ClientError)[Of]["fields"]>>

type ToldOf<Of extends Tag> = Types.Simplify<
  Pick<InstanceType<(typeof ClientError)[Of]>, keyof FieldsOf<Of> & keyof InstanceType<(typeof ClientError)[Of]>>
>

describe("the types that are written out", () => {
  it("are their schemas' own", () => {
    expectTypeOf<Client.Client>().toEqualTypeOf<typeof Client.Client.Type>()
    expectTypeOf<Client.ClientEncoded>().toEqualTypeOf<typeof Client.Client.Encoded>()
    expectTypeOf<Client.CreateInput>().toEqualTypeOf<typeof Client.CreateInput.Type>()
    expectTypeOf<Client.UpdateInput>().toEqualTypeOf<typeof Client.UpdateInput.Type>()
    expectTypeOf<Client.RestoreInput>().toEqualTypeOf<typeof Client.RestoreInput.Type>()
    expectTypeOf<Mutation.Create>().toEqualTypeOf<typeof Mutation.Create.Type>()
    expectTypeOf<Mutation.Change>().toEqualTypeOf<typeof Mutation.Change.Type>()
    expectTypeOf<Mutation.Update>().toEqualTypeOf<typeof Mutation.Update.Type>()
    expectTypeOf<Mutation.Delete>().toEqualTypeOf<typeof Mutation.Delete.Type>()
    expectTypeOf<Mutation.Archive>().toEqualTypeOf<typeof Mutation.Archive.Type>()
    expectTypeOf<Mutation.Restore>().toEqualTypeOf<typeof Mutation.Restore.Type>()
    expectTypeOf<Mutation.Mutation>().toEqualTypeOf<typeof Mutation.Mutation.Type>()
    expectTypeOf<Entry.Ending>().toEqualTypeOf<typeof Entry.Ending.Type>()
  })

  it("are the errors' own", () => {
    expectTypeOf<{ [Of in Tag]: ToldOf<Of> }>().toEqualTypeOf<{ [Of in Tag]: FieldsOf<Of> }>()
  })

  it("are what the errors have in common", () => {
    expectTypeOf<Asked>().toEqualTypeOf<Types.Simplify<Schema.Struct.Type<typeof asked>>>()
    expectTypeOf<Answered>().toEqualTypeOf<Types.Simplify<Schema.Struct.Type<typeof answered>>>()
  })
})
