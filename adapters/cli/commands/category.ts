/** The commands that create, list and delete categories. */
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { CategoryColor, CategoryName } from "../../../domain/categories/Category.ts"
import { toCategoryResource } from "../../http/api/v1/CategoryResource.ts"
import { resolveCategory } from "../arguments/CategoryReference.ts"
import { decodeArgument } from "../arguments/DecodeArgument.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { table } from "../output/Table.ts"
import { escapeControl } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { callAsUser } from "../session/SignedInUser.ts"

const name = Argument.String("name").pipe(Argument.withDescription("The category's name, to the letter"))

const add = Command.make(
  "add",
  {
    name: name.pipe(Argument.withDescription("3 to 50 characters, unique among yours")),
    color: Flag.String("color").pipe(Flag.withDescription("A colour like #2E7D32"), Flag.optional),
  },
  Effect.fnUntraced(function* (input) {
    const fields = {
      name: yield* decodeArgument(CategoryName, "name", input.name),
      color: Option.isNone(input.color) ? null : yield* decodeArgument(CategoryColor, "colour", input.color.value),
    }
    const category = yield* callAsUser((backend) => backend.createCategory(fields))
    yield* print((style) => `Added ${style.dim(category.id)} ${escapeControl(category.name)}`, {
      category: toCategoryResource(category),
    })
  }),
).pipe(
  withBackend,
  Command.withDescription("Add a category"),
  Command.withExamples([{ command: "taskwright category add home --color '#2E7D32'" }]),
)

const list = Command.make(
  "list",
  {},
  Effect.fnUntraced(function* () {
    const data = yield* callAsUser((backend) => backend.listCategories)
    yield* print(
      (style) =>
        data.length === 0
          ? "No categories."
          : table(
              [
                { header: "NAME", cells: data.map((each) => escapeControl(each.name)), isFlexible: true },
                { header: "COLOR", cells: data.map((each) => escapeControl(each.color ?? "")) },
                { header: "ID", cells: data.map(({ id }) => id), paint: style.dim },
              ],
              style,
            ),
      { data: data.map(toCategoryResource) },
    )
  }),
).pipe(
  withBackend,
  Command.withDescription("List your categories, by name"),
  Command.withExamples([{ command: "taskwright category list" }]),
)

const rm = Command.make(
  "rm",
  { name },
  Effect.fnUntraced(function* (input) {
    const category = yield* resolveCategory(input.name)
    yield* callAsUser((backend) => backend.deleteCategory(category.id))
    yield* print(() => `Deleted the category ${escapeControl(category.name)}; its tasks stay.`, {
      deleted: category.id,
    })
  }),
).pipe(
  withBackend,
  Command.withDescription("Delete a category; its tasks stay, without it"),
  Command.withExamples([{ command: "taskwright category rm home" }]),
)

export const category = Command.make("category").pipe(
  Command.withDescription("Add, list and delete categories"),
  Command.withSubcommands([add, list, rm]),
)
