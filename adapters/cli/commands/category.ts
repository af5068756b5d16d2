/** The commands that create, list, change, delete and restore categories. */
import { Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { type CategoryChanges, CategoryColor, CategoryName } from "../../../domain/categories/Category.ts"
import { CategoryId } from "../../../domain/categories/CategoryId.ts"
import { toCategoryResource } from "../../http/api/v1/CategoryResource.ts"
import { resolveCategory } from "../arguments/CategoryReference.ts"
import { decodeArgument } from "../arguments/DecodeArgument.ts"
import { withBackend } from "../backend/BackendLayer.ts"
import { InvalidInput } from "../CliErrors.ts"
import { table } from "../output/Table.ts"
import { escapeControl, forPeople } from "../output/TerminalText.ts"
import { print } from "../RootCommand.ts"
import { callAsUser } from "../session/SignedInUser.ts"

const restoreAdvice = (id: CategoryId): string => `Take it back with: taskwright category restore ${id}`

const reference = Argument.String("category").pipe(Argument.withDescription("The category's name, to the letter"))

const add = Command.make(
  "add",
  {
    name: Argument.String("name").pipe(Argument.withDescription("3 to 50 characters, unique among yours")),
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
          ? forPeople("No categories.", style)
          : table(
              [
                { header: "NAME", cells: data.map((each) => escapeControl(each.name)), isFlexible: true },
                { header: "COLOR", cells: data.map((each) => escapeControl(each.color ?? "")), rank: 1 },
                { header: "ID", cells: data.map(({ id }) => id), rank: 2, paint: style.dim },
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

/** Changes the category in the version that was just read. */
const change = Effect.fnUntraced(function* (reference: string, changes: CategoryChanges) {
  const { id, version } = yield* resolveCategory(reference)
  const category = yield* callAsUser((backend) => backend.updateCategory(id, version, changes))
  const color = category.color === null ? "" : ` ${category.color}`
  yield* print((style) => `Changed ${style.dim(category.id)} ${escapeControl(category.name)}${color}`, {
    category: toCategoryResource(category),
  })
})

const newName = (text: string) => decodeArgument(CategoryName, "name", text)

const rename = Command.make(
  "rename",
  { name: reference, to: Argument.String("to").pipe(Argument.withDescription("The new name, 3 to 50 characters")) },
  Effect.fnUntraced(function* (input) {
    yield* change(input.name, { name: yield* newName(input.to) })
  }),
).pipe(
  withBackend,
  Command.withDescription("Rename a category; its tasks keep it"),
  Command.withExamples([{ command: "taskwright category rename home household" }]),
)

const edit = Command.make(
  "edit",
  {
    name: reference,
    newName: Flag.String("name").pipe(Flag.withDescription("Another name"), Flag.optional),
    color: Flag.String("color").pipe(Flag.withDescription('A colour like #2E7D32, or "none"'), Flag.optional),
  },
  Effect.fnUntraced(function* (input) {
    if (Option.isNone(input.newName) && Option.isNone(input.color)) {
      return yield* new InvalidInput({ message: "Nothing to change: give --name or --color." })
    }
    yield* change(input.name, {
      name: Option.isNone(input.newName) ? undefined : yield* newName(input.newName.value),
      color: Option.isNone(input.color) ? undefined : yield* colorOf(input.color.value),
    })
  }),
).pipe(
  withBackend,
  Command.withDescription("Change the name or the colour of a category"),
  Command.withExamples([
    { command: "taskwright category edit home --color '#1565C0'" },
    { command: "taskwright category edit home --name household --color none" },
  ]),
)

const colorOf = (text: string) =>
  text === "none" ? Effect.succeed(null) : decodeArgument(CategoryColor, "colour", text)

const rm = Command.make(
  "rm",
  { name: reference },
  Effect.fnUntraced(function* (input) {
    const category = yield* resolveCategory(input.name)
    yield* callAsUser((backend) => backend.deleteCategory(category.id))
    yield* print(
      () => `Deleted the category ${escapeControl(category.name)}; its tasks stay.\n${restoreAdvice(category.id)}`,
      { deleted: category.id },
    )
  }),
).pipe(
  withBackend,
  Command.withDescription("Delete a category; its tasks stay, without it"),
  Command.withExamples([{ command: "taskwright category rm home" }]),
)

const restore = Command.make(
  "restore",
  { id: Argument.String("id").pipe(Argument.withDescription("The id that `category rm` printed")) },
  Effect.fnUntraced(function* (input) {
    const id = yield* decodeArgument(CategoryId, "id", input.id.trim())
    const category = yield* callAsUser((backend) => backend.restoreCategory(id))
    yield* print((style) => `Restored ${style.dim(category.id)} ${escapeControl(category.name)}`, {
      category: toCategoryResource(category),
    })
  }),
).pipe(
  withBackend,
  Command.withDescription("Restore a deleted category, on the tasks that had it"),
  Command.withExamples([{ command: "taskwright category restore 0193a5ae-0f13-7e8a-9a3b-7c6d5e4f3a2b" }]),
)

export const category = Command.make("category").pipe(
  Command.withDescription("Add, list, change, delete and restore categories"),
  Command.withSubcommands([add, list, rename, edit, rm, restore]),
)
