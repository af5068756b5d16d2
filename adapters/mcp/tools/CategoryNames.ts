/** Resolves names of categories to their ids, and plans the categories that are missing. */
import { Effect } from "effect"
import type { BatchOperation } from "../../../application/batch/BatchOperation.ts"
import type { Present } from "../../../application/batch/RunPlan.ts"
import type { Identity } from "../../../domain/accounts/Identity.ts"
import type { CategoryName } from "../../../domain/categories/Category.ts"
import type { CategoryId } from "../../../domain/categories/CategoryId.ts"
import type { BatchReference, ReferenceText } from "../../../domain/changes/BatchReference.ts"
import { requireScopes } from "../RequireScopes.ts"

type Target = CategoryId | ReferenceText

/** A name is compared as it is, then without case. */
const withoutCase = (name: string): string => name.toLowerCase()

/** The user's categories by name, and those that the plan creates. */
export interface CategoryNames {
  /** Returns the living category of this name, or undefined. */
  readonly find: (name: CategoryName) => CategoryId | undefined
  /** Returns the category of this name. If there is none, the plan creates it. */
  readonly findOrCreate: (name: CategoryName) => Target
  /** The operations that create the missing categories. */
  readonly creations: ReadonlyArray<BatchOperation>
}

export const makeCategoryNames = ({ categories }: Pick<Present, "categories">): CategoryNames => {
  const exact = new Map<string, CategoryId>()
  const similar = new Map<string, CategoryId>()
  for (const { id, isDeleted, values } of categories.values()) {
    if (isDeleted) continue
    exact.set(values.name, id)
    similar.set(withoutCase(values.name), id)
  }
  const created = new Map<string, ReferenceText>()
  const creations: Array<BatchOperation> = []
  const find = (name: CategoryName) => exact.get(name) ?? similar.get(withoutCase(name))
  return {
    find,
    findOrCreate: (name) => {
      const target = find(name) ?? created.get(withoutCase(name))
      if (target !== undefined) return target
      const ref = `category${creations.length}` as BatchReference
      creations.push({ _tag: "CreateCategory", ref, name })
      const reference = `$${ref}` as ReferenceText
      created.set(withoutCase(name), reference)
      return reference
    },
    creations,
  }
}

/** Returns the operations after those that create the missing categories. A token without the scope for these is refused. */
export const withNewCategories = (
  { creations }: CategoryNames,
  operations: ReadonlyArray<BatchOperation>,
  identity: Identity,
) =>
  Effect.as(creations.length === 0 ? Effect.void : requireScopes(identity, ["categories:write"]), [
    ...creations,
    ...operations,
  ])
