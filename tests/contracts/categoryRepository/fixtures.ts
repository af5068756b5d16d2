/** What the parts of the `CategoryRepository` suite share. */
import type { AccountRepository } from "../../../application/accounts/AccountRepository.ts"
import type { CategoryRepository } from "../../../application/categories/CategoryRepository.ts"
import { type Category, CategoryName, change } from "../../../domain/categories/Category.ts"
import { at } from "../../support/entities.ts"

/** The repositories that the suite needs. */
export type Stores = AccountRepository | CategoryRepository

export const renamed = (category: Category, name: string, seconds = 60): Category =>
  change(category, { name: CategoryName.make(name) }, at(seconds))
